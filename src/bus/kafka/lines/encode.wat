;; encodePlain of encode.ts, 16 bytes at a time: each is looked through for the line break and copied on the way, to where it belongs if the record's
;; head is as long as the one before it, which it nearly always is.
;; `npm run wasm` makes encode.wasm.ts of it.
(module
  (import "lines" "memory" (memory 1))
  ;; What encode did, beside what it returns.
  (global $count (export "count") (mut i32) (i32.const 0))
  (global $next (export "next") (mut i32) (i32.const 0))

  ;; Bytes of a varint of a number from 0 to 2^27.
  (func $size (param $n i32) (result i32)
    (if (result i32) (i32.lt_u (local.get $n) (i32.const 64)) (then (i32.const 1))
      (else (if (result i32) (i32.lt_u (local.get $n) (i32.const 8192)) (then (i32.const 2))
        (else (if (result i32) (i32.lt_u (local.get $n) (i32.const 1048576)) (then (i32.const 3)) (else (i32.const 4))))))))

  ;; Writes a varint of a number that is not negative. Returns the place behind it.
  (func $write (param $at i32) (param $n i32) (result i32)
    (local.set $n (i32.shl (local.get $n) (i32.const 1)))
    (loop $more
      (if (i32.ge_u (local.get $n) (i32.const 128)) (then
        (i32.store8 (local.get $at) (i32.or (local.get $n) (i32.const 128)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $n (i32.shr_u (local.get $n) (i32.const 7)))
        (br $more))))
    (i32.store8 (local.get $at) (local.get $n))
    (i32.add (local.get $at) (i32.const 1)))

  ;; Returns the place behind the last record.
  (func (export "encode")
    (param $key i32) (param $keySize i32) (param $from i32) (param $end i32) (param $at i32) (param $limit i32) (param $capacity i32) (result i32)
    (local $i i32)
    (local $p i32)        ;; looked through up to here
    (local $to i32)       ;; and copied to here
    (local $room i32)     ;; no line that fits goes on behind this
    (local $length i32)
    (local $body i32)
    (local $head i32)     ;; bytes of the record before its value
    (local $guess i32)
    (local $v v128)
    (local $newlines v128)
    (local.set $newlines (i8x16.splat (i32.const 10)))
    (local.set $guess (i32.const 7))
    (local.set $room (i32.add (local.get $from) (i32.sub (local.get $capacity) (local.get $at))))
    (block $done
      (loop $line
        (br_if $done (i32.ge_u (local.get $from) (local.get $end)))
        (if (i32.gt_u (local.get $room) (local.get $end)) (then (local.set $room (local.get $end))))
        (local.set $p (local.get $from))
        (local.set $to (i32.add (local.get $at) (local.get $guess)))
        (block $found
          (loop $scan
            (local.set $v (v128.load (local.get $p)))
            (v128.store (local.get $to) (local.get $v))
            (local.set $v (i8x16.eq (local.get $v) (local.get $newlines)))
            (br_if $found (v128.any_true (local.get $v)))
            (local.set $p (i32.add (local.get $p) (i32.const 16)))
            (local.set $to (i32.add (local.get $to) (i32.const 16)))
            (br_if $scan (i32.lt_u (local.get $p) (local.get $room)))))
        (local.set $p (i32.add (local.get $p) (i32.ctz (i32.or (i8x16.bitmask (local.get $v)) (i32.const 65536)))))
        (if (i32.gt_u (local.get $p) (local.get $end)) (then (local.set $p (local.get $end))))
        (local.set $length (i32.sub (local.get $p) (local.get $from)))
        (local.set $body (i32.add (i32.add (i32.add (local.get $keySize) (i32.const 3)) (local.get $length))
          (i32.add (call $size (local.get $length)) (call $size (local.get $i)))))
        (local.set $head (i32.sub (i32.add (i32.add (call $size (local.get $body)) (local.get $body)) (i32.const -1)) (local.get $length)))
        (br_if $done (i32.gt_u
          (i32.add (i32.add (local.get $at) (local.get $head)) (i32.add (local.get $length) (i32.const 1)))
          (select (local.get $limit) (local.get $capacity) (local.get $i))))
        (if (i32.ne (local.get $head) (local.get $guess)) (then
          (memory.copy (i32.add (local.get $at) (local.get $head)) (local.get $from) (local.get $length))
          (local.set $guess (local.get $head))))
        (local.set $at (call $write (local.get $at) (local.get $body)))
        (i32.store16 (local.get $at) (i32.const 0))
        (local.set $at (call $write (i32.add (local.get $at) (i32.const 2)) (local.get $i)))
        (if (i32.eq (local.get $keySize) (i32.const 1))
          (then (i32.store8 (local.get $at) (i32.load8_u (local.get $key))))
          (else (memory.copy (local.get $at) (local.get $key) (local.get $keySize))))
        (local.set $at (call $write (i32.add (local.get $at) (local.get $keySize)) (local.get $length)))
        (local.set $at (i32.add (local.get $at) (local.get $length)))
        (i32.store8 (local.get $at) (i32.const 0))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (local.set $from (i32.add (local.get $p) (i32.const 1)))
        (local.set $room (i32.add (local.get $from) (i32.sub (local.get $limit) (local.get $at))))
        (br_if $line (i32.lt_u (local.get $at) (local.get $limit)))))
    (global.set $count (local.get $i))
    (global.set $next (select (local.get $end) (local.get $from) (i32.gt_u (local.get $from) (local.get $end))))
    (local.get $at)))
