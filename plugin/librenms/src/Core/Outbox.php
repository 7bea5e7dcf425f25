<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

/** Rows that shitops is to be told, in a table of LibreNMS's database: written with the change itself, without any network. */
final class Outbox
{
    /** Bytes of a row's text: what is longer is cut, so that a batch keeps below the limit of the receiver. */
    private const LONGEST_TEXT = 1000;

    public function __construct(private readonly Database $database)
    {
    }

    /** @param list<array{kind: string, device_id: int, at: string, data: array<string, mixed>}> $rows */
    public function add(array $rows): void
    {
        $this->database->insert('INSERT', 'shitops_outbox', ['kind', 'device_id', 'payload'], array_map(
            fn (array $row): array => [$row['kind'], $row['device_id'], self::json(['at' => $row['at'], 'data' => array_map(self::short(...), $row['data'])])],
            $rows,
        ));
    }

    /**
     * The batch that was tried last, or a new one of the oldest rows; null when there is nothing. Two that drain at once may get the same
     * batch: it has the same key, so that the receiver takes it once.
     */
    public function claim(int $most): ?Batch
    {
        [$tried] = $this->database->select('SELECT batch FROM shitops_outbox WHERE batch IS NOT NULL ORDER BY id LIMIT 1') + [null];
        $key = $tried === null ? $this->claimOldest($most) : (string) $tried['batch'];

        return $key === null ? null : $this->batch($key);
    }

    public function remove(Batch $batch): void
    {
        $this->database->execute('DELETE FROM shitops_outbox WHERE batch = ?', [$batch->key]);
    }

    /** A batch that the receiver finds too large: its rows are free again, to go in smaller ones. */
    public function release(Batch $batch): void
    {
        $this->database->execute('UPDATE shitops_outbox SET batch = NULL WHERE batch = ?', [$batch->key]);
    }

    public function size(): int
    {
        return (int) $this->database->select('SELECT COUNT(*) AS n FROM shitops_outbox')[0]['n'];
    }

    /**
     * Take away the oldest rows beyond a size; a row of kind `lost` in their place tells shitops to look at everything.
     *
     * @return int rows that were lost
     */
    public function prune(int $most, string $at): int
    {
        if ($this->size() <= $most) {
            return 0;
        }

        return $this->database->together(function () use ($most, $at): int {
            // No bound parameter: MySQL takes none as text in LIMIT.
            [$first] = $this->database->select('SELECT id FROM shitops_outbox ORDER BY id DESC LIMIT 1 OFFSET ' . $most) + [null];
            if ($first === null) {
                return 0;
            }
            $lost = $this->database->execute('DELETE FROM shitops_outbox WHERE id <= ?', [(int) $first['id']]);
            $this->add([['kind' => 'lost', 'device_id' => 0, 'at' => $at, 'data' => ['rows' => $lost]]]);

            return $lost;
        });
    }

    private function claimOldest(int $most): ?string
    {
        $rows = $this->database->select('SELECT id FROM shitops_outbox WHERE batch IS NULL ORDER BY id LIMIT ' . $most);
        if ($rows === []) {
            return null;
        }
        $key = self::uuid();
        $this->database->execute('UPDATE shitops_outbox SET batch = ? WHERE batch IS NULL AND id <= ?', [$key, (int) end($rows)['id']]);

        return $key;
    }

    private function batch(string $key): ?Batch
    {
        $rows = $this->database->select('SELECT id, kind, device_id, payload FROM shitops_outbox WHERE batch = ? ORDER BY id', [$key]);
        if ($rows === []) {
            return null;
        }
        $lines = array_map(function (array $row): string {
            $head = self::json(['v' => 1, 'id' => (int) $row['id'], 'kind' => $row['kind'], 'device_id' => (int) $row['device_id']]);

            // Both are objects: the payload goes on where the head ends.
            return substr($head, 0, -1) . ',' . substr((string) $row['payload'], 1);
        }, $rows);

        return new Batch($key, count($rows), implode("\n", $lines) . "\n");
    }

    /** @param array<string, mixed> $value */
    private static function json(array $value): string
    {
        return json_encode($value, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
    }

    private static function short(mixed $value): mixed
    {
        return is_string($value) && strlen($value) > self::LONGEST_TEXT ? substr($value, 0, self::LONGEST_TEXT) : $value;
    }

    private static function uuid(): string
    {
        $bytes = random_bytes(16);
        $bytes[6] = chr(ord($bytes[6]) & 0x0F | 0x40);
        $bytes[8] = chr(ord($bytes[8]) & 0x3F | 0x80);

        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
    }
}
