;; LZ4 and snappy blocks decoded, and values of record batches made lines, inside one piece of memory that is used again and again.
;; Formats: lz4_Block_format.md of lz4; format_description.txt of snappy; record batch v2 (KIP-98).
;; Whoever calls sees to 64 bytes of room behind the end of what is written: copies go in steps of 16. What is malformed gives -1.
;; `npm run wasm` makes blocks.wasm.ts of this.
(module
  (import "arena" "memory" (memory 1))

  ;; `count` bytes from `from` to `to`, in steps of 16; up to 15 more are written. The two lie 16 apart at least, or `to` is in front.
  (func $copy (param $to i32) (param $from i32) (param $count i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (local.get $count)))
    (loop $more
      (v128.store (local.get $to) (v128.load (local.get $from)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (br_if $more (i32.lt_u (local.get $to) (local.get $end)))))

  ;; `count` bytes that begin `distance` in front of `to`; where they reach beyond `to` they repeat.
  (func $match (param $to i32) (param $distance i32) (param $count i32)
    (local $from i32) (local $period i32) (local $i i32)
    (local.set $from (i32.sub (local.get $to) (local.get $distance)))
    (if (i32.ge_u (local.get $distance) (i32.const 16))
      (then (call $copy (local.get $to) (local.get $from) (local.get $count)) (return)))
    ;; A multiple of the distance, 16 at least: written once in small steps, it is what the rest is copied from.
    (local.set $period (local.get $distance))
    (loop $double
      (if (i32.lt_u (local.get $period) (i32.const 16))
        (then
          (local.set $period (i32.shl (local.get $period) (i32.const 1)))
          (br $double))))
    (if (i32.ge_u (local.get $distance) (i32.const 8))
      (then
        (loop $eights
          (i64.store (i32.add (local.get $to) (local.get $i)) (i64.load (i32.add (local.get $from) (local.get $i))))
          (local.set $i (i32.add (local.get $i) (i32.const 8)))
          (br_if $eights (i32.lt_u (local.get $i) (local.get $period)))))
      (else
        (loop $ones
          (i32.store8 (i32.add (local.get $to) (local.get $i)) (i32.load8_u (i32.add (local.get $from) (local.get $i))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $ones (i32.lt_u (local.get $i) (local.get $period))))))
    (if (i32.gt_u (local.get $count) (local.get $period))
      (then
        (call $copy
          (i32.add (local.get $to) (local.get $period))
          (local.get $to)
          (i32.sub (local.get $count) (local.get $period))))))

  ;; One LZ4 block. Returns where what it gave ends, or -1. Matches reach back as far as `base`.
  (func (export "lz4") (param $from i32) (param $fromEnd i32) (param $to i32) (param $toEnd i32) (param $base i32) (result i32)
    (local $token i32) (local $length i32) (local $byte i32) (local $distance i32)
    (loop $sequence
      (if (i32.ge_u (local.get $from) (local.get $fromEnd)) (then (return (i32.const -1))))
      (local.set $token (i32.load8_u (local.get $from)))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (local.set $length (i32.shr_u (local.get $token) (i32.const 4)))
      (if (i32.eq (local.get $length) (i32.const 15))
        (then
          (loop $longer
            (if (i32.ge_u (local.get $from) (local.get $fromEnd)) (then (return (i32.const -1))))
            (local.set $byte (i32.load8_u (local.get $from)))
            (local.set $from (i32.add (local.get $from) (i32.const 1)))
            (local.set $length (i32.add (local.get $length) (local.get $byte)))
            (br_if $longer (i32.eq (local.get $byte) (i32.const 255))))))
      (if (i32.gt_u (local.get $length) (i32.sub (local.get $fromEnd) (local.get $from))) (then (return (i32.const -1))))
      (if (i32.gt_u (local.get $length) (i32.sub (local.get $toEnd) (local.get $to))) (then (return (i32.const -1))))
      (if (local.get $length) (then (call $copy (local.get $to) (local.get $from) (local.get $length))))
      (local.set $from (i32.add (local.get $from) (local.get $length)))
      (local.set $to (i32.add (local.get $to) (local.get $length)))
      ;; The last sequence is literals alone.
      (if (i32.eq (local.get $from) (local.get $fromEnd)) (then (return (local.get $to))))
      (if (i32.lt_u (i32.sub (local.get $fromEnd) (local.get $from)) (i32.const 2)) (then (return (i32.const -1))))
      (local.set $distance (i32.load16_u (local.get $from)))
      (local.set $from (i32.add (local.get $from) (i32.const 2)))
      (if (i32.eqz (local.get $distance)) (then (return (i32.const -1))))
      (if (i32.gt_u (local.get $distance) (i32.sub (local.get $to) (local.get $base))) (then (return (i32.const -1))))
      (local.set $length (i32.and (local.get $token) (i32.const 15)))
      (if (i32.eq (local.get $length) (i32.const 15))
        (then
          (loop $longer
            (if (i32.ge_u (local.get $from) (local.get $fromEnd)) (then (return (i32.const -1))))
            (local.set $byte (i32.load8_u (local.get $from)))
            (local.set $from (i32.add (local.get $from) (i32.const 1)))
            (local.set $length (i32.add (local.get $length) (local.get $byte)))
            (br_if $longer (i32.eq (local.get $byte) (i32.const 255))))))
      (local.set $length (i32.add (local.get $length) (i32.const 4)))
      (if (i32.gt_u (local.get $length) (i32.sub (local.get $toEnd) (local.get $to))) (then (return (i32.const -1))))
      (call $match (local.get $to) (local.get $distance) (local.get $length))
      (local.set $to (i32.add (local.get $to) (local.get $length)))
      (br $sequence))
    (unreachable))

  ;; The elements of one snappy block, behind its length. Returns where what it gave ends, or -1.
  (func (export "snappy") (param $from i32) (param $fromEnd i32) (param $to i32) (param $toEnd i32) (result i32)
    (local $tag i32) (local $kind i32) (local $length i32) (local $extra i32) (local $distance i32) (local $base i32)
    (local.set $base (local.get $to))
    (loop $element
      (if (i32.ge_u (local.get $from) (local.get $fromEnd)) (then (return (local.get $to))))
      (local.set $tag (i32.load8_u (local.get $from)))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (local.set $kind (i32.and (local.get $tag) (i32.const 3)))
      (local.set $length (i32.add (i32.shr_u (local.get $tag) (i32.const 2)) (i32.const 1)))
      (if (i32.eqz (local.get $kind))
        (then
          (if (i32.gt_u (local.get $length) (i32.const 60))
            (then
              ;; 61 to 64: the length less one is in as many bytes as this is more than 60.
              (local.set $extra (i32.sub (local.get $length) (i32.const 60)))
              (if (i32.gt_u (local.get $extra) (i32.sub (local.get $fromEnd) (local.get $from))) (then (return (i32.const -1))))
              (local.set $length
                (i32.and
                  (i32.load (local.get $from))
                  (i32.shr_u (i32.const -1) (i32.sub (i32.const 32) (i32.shl (local.get $extra) (i32.const 3))))))
              (if (i32.eq (local.get $length) (i32.const -1)) (then (return (i32.const -1))))
              (local.set $length (i32.add (local.get $length) (i32.const 1)))
              (local.set $from (i32.add (local.get $from) (local.get $extra)))))
          (if (i32.gt_u (local.get $length) (i32.sub (local.get $fromEnd) (local.get $from))) (then (return (i32.const -1))))
          (if (i32.gt_u (local.get $length) (i32.sub (local.get $toEnd) (local.get $to))) (then (return (i32.const -1))))
          (call $copy (local.get $to) (local.get $from) (local.get $length))
          (local.set $from (i32.add (local.get $from) (local.get $length))))
        (else
          (if (i32.eq (local.get $kind) (i32.const 1))
            (then
              (if (i32.ge_u (local.get $from) (local.get $fromEnd)) (then (return (i32.const -1))))
              (local.set $length (i32.add (i32.and (i32.shr_u (local.get $tag) (i32.const 2)) (i32.const 7)) (i32.const 4)))
              (local.set $distance
                (i32.or (i32.shl (i32.shr_u (local.get $tag) (i32.const 5)) (i32.const 8)) (i32.load8_u (local.get $from))))
              (local.set $from (i32.add (local.get $from) (i32.const 1))))
            (else
              (if (i32.eq (local.get $kind) (i32.const 2))
                (then
                  (if (i32.lt_u (i32.sub (local.get $fromEnd) (local.get $from)) (i32.const 2)) (then (return (i32.const -1))))
                  (local.set $distance (i32.load16_u (local.get $from)))
                  (local.set $from (i32.add (local.get $from) (i32.const 2))))
                (else
                  (if (i32.lt_u (i32.sub (local.get $fromEnd) (local.get $from)) (i32.const 4)) (then (return (i32.const -1))))
                  (local.set $distance (i32.load (local.get $from)))
                  (local.set $from (i32.add (local.get $from) (i32.const 4)))))))
          (if (i32.eqz (local.get $distance)) (then (return (i32.const -1))))
          (if (i32.gt_u (local.get $distance) (i32.sub (local.get $to) (local.get $base))) (then (return (i32.const -1))))
          (if (i32.gt_u (local.get $length) (i32.sub (local.get $toEnd) (local.get $to))) (then (return (i32.const -1))))
          (call $match (local.get $to) (local.get $distance) (local.get $length))))
      (local.set $to (i32.add (local.get $to) (local.get $length)))
      (br $element))
    (unreachable))

  (global $at (mut i32) (i32.const 0))

  ;; A varint at $at, which moves on; as it stands, the sign in its lowest bit.
  (func $varint (result i32)
    (local $byte i32) (local $value i32) (local $shift i32)
    (loop $more
      (local.set $byte (i32.load8_u (global.get $at)))
      (global.set $at (i32.add (global.get $at) (i32.const 1)))
      (local.set $value
        (i32.or (local.get $value) (i32.shl (i32.and (local.get $byte) (i32.const 127)) (local.get $shift))))
      (local.set $shift (i32.add (local.get $shift) (i32.const 7)))
      (br_if $more (i32.and (i32.ge_u (local.get $byte) (i32.const 128)) (i32.lt_u (local.get $shift) (i32.const 35)))))
    (local.get $value))

  ;; As much of `length` as there is from `at` to `end`.
  (func $within (param $length i32) (param $at i32) (param $end i32) (result i32)
    (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 0))))
    (local.set $end (i32.sub (local.get $end) (local.get $at)))
    (select (local.get $length) (local.get $end) (i32.le_u (local.get $length) (local.get $end))))

  ;; The values of `count` records that lie from `from` on behind one another, to `to` and on, each with a line break behind it. `to` is in front of
  ;; the first. Returns where they end, or -1 where a record reaches beyond `end`; a value ends with its record, whatever it says. Lengths of one and
  ;; two bytes, which nearly all are, are read here and not by $varint.
  (func (export "lines") (param $from i32) (param $end i32) (param $to i32) (param $count i32) (result i32)
    (local $next i32) (local $length i32) (local $byte i32) (local $stop i32)
    (block $done
      (loop $record
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (if (i32.ge_u (local.get $from) (local.get $end)) (then (return (i32.const -1))))
        (local.set $length (i32.load8_u (local.get $from)))
        (if (i32.lt_u (local.get $length) (i32.const 128))
          (then (local.set $from (i32.add (local.get $from) (i32.const 1))))
          (else
            (local.set $byte (i32.load8_u offset=1 (local.get $from)))
            (if (i32.lt_u (local.get $byte) (i32.const 128))
              (then
                (local.set $length
                  (i32.or (i32.and (local.get $length) (i32.const 127)) (i32.shl (local.get $byte) (i32.const 7))))
                (local.set $from (i32.add (local.get $from) (i32.const 2))))
              (else
                (global.set $at (local.get $from))
                (local.set $length (call $varint))
                (local.set $from (global.get $at))))))
        ;; None, or less than that.
        (if (i32.or (i32.eqz (local.get $length)) (i32.and (local.get $length) (i32.const 1))) (then (return (i32.const -1))))
        (local.set $length (i32.shr_u (local.get $length) (i32.const 1)))
        (if (i32.gt_u (local.get $from) (local.get $end)) (then (return (i32.const -1))))
        (if (i32.gt_u (local.get $length) (i32.sub (local.get $end) (local.get $from))) (then (return (i32.const -1))))
        (local.set $next (i32.add (local.get $from) (local.get $length)))
        ;; Behind the attributes: the time and the offset are passed over.
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (loop $time
          (local.set $byte (i32.load8_u (local.get $from)))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (br_if $time (i32.and (i32.ge_u (local.get $byte) (i32.const 128)) (i32.lt_u (local.get $from) (local.get $next)))))
        (loop $offset
          (local.set $byte (i32.load8_u (local.get $from)))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))
          (br_if $offset (i32.and (i32.ge_u (local.get $byte) (i32.const 128)) (i32.lt_u (local.get $from) (local.get $next)))))
        ;; The key, which is passed over as well.
        (global.set $at (local.get $from))
        (local.set $length (call $varint))
        (local.set $from (global.get $at))
        (if (i32.eqz (i32.and (local.get $length) (i32.const 1)))
          (then
            (local.set $length (call $within (i32.shr_u (local.get $length) (i32.const 1)) (local.get $from) (local.get $next)))
            (local.set $from (i32.add (local.get $from) (local.get $length)))))
        (local.set $length (i32.load8_u (local.get $from)))
        (local.set $byte (i32.load8_u offset=1 (local.get $from)))
        (if (i32.and (i32.ge_u (local.get $length) (i32.const 128)) (i32.lt_u (local.get $byte) (i32.const 128)))
          (then
            (local.set $length (i32.or (i32.and (local.get $length) (i32.const 127)) (i32.shl (local.get $byte) (i32.const 7))))
            (local.set $from (i32.add (local.get $from) (i32.const 2))))
          (else
            (global.set $at (local.get $from))
            (local.set $length (call $varint))
            (local.set $from (global.get $at))))
        (local.set $length (select (i32.const 0) (i32.shr_u (local.get $length) (i32.const 1)) (i32.and (local.get $length) (i32.const 1))))
        (local.set $length (call $within (local.get $length) (local.get $from) (local.get $next)))
        (local.set $stop (i32.add (local.get $to) (local.get $length)))
        (block $copied
          (loop $sixteen
            (br_if $copied (i32.lt_u (i32.sub (local.get $stop) (local.get $to)) (i32.const 16)))
            (v128.store (local.get $to) (v128.load (local.get $from)))
            (local.set $to (i32.add (local.get $to) (i32.const 16)))
            (local.set $from (i32.add (local.get $from) (i32.const 16)))
            (br $sixteen)))
        (if (i32.and (local.get $length) (i32.const 8))
          (then
            (i64.store (local.get $to) (i64.load (local.get $from)))
            (local.set $to (i32.add (local.get $to) (i32.const 8)))
            (local.set $from (i32.add (local.get $from) (i32.const 8)))))
        (if (i32.and (local.get $length) (i32.const 4))
          (then
            (i32.store (local.get $to) (i32.load (local.get $from)))
            (local.set $to (i32.add (local.get $to) (i32.const 4)))
            (local.set $from (i32.add (local.get $from) (i32.const 4)))))
        (if (i32.and (local.get $length) (i32.const 2))
          (then
            (i32.store16 (local.get $to) (i32.load16_u (local.get $from)))
            (local.set $to (i32.add (local.get $to) (i32.const 2)))
            (local.set $from (i32.add (local.get $from) (i32.const 2)))))
        (if (i32.and (local.get $length) (i32.const 1))
          (then
            (i32.store8 (local.get $to) (i32.load8_u (local.get $from)))
            (local.set $to (i32.add (local.get $to) (i32.const 1)))))
        (i32.store8 (local.get $to) (i32.const 10))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (local.set $from (local.get $next))
        (br $record)))
    (local.get $to)))
