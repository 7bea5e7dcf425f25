<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

/** Remembers what each port and sensor looked like, and tells what is new, different or gone. */
final class Digests
{
    public function __construct(private readonly Database $database)
    {
    }

    /**
     * Compare with the last time, and remember.
     *
     * @param  array<string, array<int, array<string, mixed>>>  $now  by kind and id
     * @return array{first: bool, changes: list<array{kind: string, id: int, action: 'created'|'updated'|'deleted', row: array<string, mixed>}>}
     *                                                                                                                                           first: nothing of that device was known
     */
    public function changes(int $device, array $now): array
    {
        $before = [];
        foreach ($this->database->select('SELECT kind, entity_id, digest FROM shitops_digests WHERE device_id = ?', [$device]) as $row) {
            $before[(string) $row['kind']][(int) $row['entity_id']] = (string) $row['digest'];
        }
        $first = $before === [];
        $changes = [];
        $fresh = [];
        foreach ($now as $kind => $rows) {
            foreach ($rows as $id => $row) {
                $digest = self::digest($row);
                $old = $before[$kind][$id] ?? null;
                unset($before[$kind][$id]);
                if ($old === $digest) {
                    continue;
                }
                $fresh[] = [$kind, $id, $device, $digest];
                $changes[] = ['kind' => $kind, 'id' => $id, 'action' => $old === null ? 'created' : 'updated', 'row' => $row];
            }
        }
        foreach ($before as $kind => $gone) {
            foreach (array_keys($gone) as $id) {
                $changes[] = ['kind' => $kind, 'id' => $id, 'action' => 'deleted', 'row' => []];
                $this->database->execute('DELETE FROM shitops_digests WHERE kind = ? AND entity_id = ?', [$kind, $id]);
            }
        }
        if ($fresh !== []) {
            $this->database->insert('REPLACE', 'shitops_digests', ['kind', 'entity_id', 'device_id', 'digest'], $fresh);
        }

        return ['first' => $first, 'changes' => $changes];
    }

    public function forget(int $device): void
    {
        $this->database->execute('DELETE FROM shitops_digests WHERE device_id = ?', [$device]);
    }

    /**
     * 128 bits: numbers and their texts are the same, as drivers differ in what they return.
     *
     * @param  array<string, mixed>  $row
     */
    private static function digest(array $row): string
    {
        $text = array_map(fn (mixed $value): ?string => $value === null ? null : (is_bool($value) ? (string) (int) $value : (string) $value), $row);

        return substr(hash('sha256', json_encode($text, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE)), 0, 32);
    }
}
