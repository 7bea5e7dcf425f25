<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

use Closure;

/**
 * What LibreNMS's events become in the outbox. Only named columns: a device's row holds SNMP secrets, and an alert's details hold the
 * device's row.
 */
final class Recorder
{
    private const EVENT = ['event_id', 'type', 'reference', 'severity', 'message', 'datetime'];

    private const ALERT = ['id', 'rule_id', 'state'];

    private const DEVICE = ['hostname', 'status', 'disabled', 'ignore'];

    /** Events that shitops wrote itself: telling of them would go round in a circle. */
    private const OWN_TYPE = 'shitops';

    /** More than this of one kind and device in one poll are told as one row: shitops reads the device as a whole. */
    private const MANY = 200;

    /** @param Closure(): int $now Unix seconds */
    public function __construct(
        private readonly Database $database,
        private readonly Outbox $outbox,
        private readonly Digests $digests,
        private readonly DeviceTables $tables,
        private readonly Closure $now,
    ) {
    }

    /** @param array<string, mixed> $row of table eventlog */
    public function eventlog(array $row): void
    {
        if (($row['type'] ?? null) === self::OWN_TYPE) {
            return;
        }
        $this->add('eventlog', (int) ($row['device_id'] ?? 0), self::only($row, self::EVENT));
    }

    /** @param array<string, mixed> $row of table alert_log */
    public function alertlog(array $row): void
    {
        $this->add('alertlog', (int) ($row['device_id'] ?? 0), self::only($row, self::ALERT));
    }

    /**
     * @param  'created'|'updated'|'deleted'  $action
     * @param  array<string, mixed>  $row  of table devices
     * @param  list<string>  $changed  columns that an update touched
     */
    public function device(string $action, array $row, array $changed = []): void
    {
        $device = (int) ($row['device_id'] ?? 0);
        if ($action === 'updated' && array_diff($changed, self::OF_EVERY_POLL) === []) {
            return;
        }
        if ($action === 'deleted') {
            $this->digests->forget($device);
        }
        // Names of columns, never their values.
        $this->add('device', $device, ['action' => $action, 'changed' => implode(',', $changed)] + self::only($row, self::DEVICE));
    }

    /** Every poll saves these: a row for each would be as much as polling shitops. */
    private const OF_EVERY_POLL = ['last_polled', 'last_polled_timetaken', 'last_poll_attempted', 'last_ping', 'last_ping_timetaken', 'last_discovered', 'last_discovered_timetaken', 'uptime', 'agent_uptime', 'updated_at'];

    /** After a poll: one query of the ports, one of the sensors, one of what they were before. */
    public function polled(int $device): void
    {
        $now = $this->tables->of($device);
        $this->database->together(function () use ($device, $now): void {
            ['first' => $first, 'changes' => $all] = $this->digests->changes($device, $now);
            foreach (self::byKind($all) as $kind => $changes) {
                // The first poll with the plugin: all of it is new here, and none of it is news.
                if ($first || count($changes) > self::MANY) {
                    $this->add($kind, $device, ['action' => 'many', 'rows' => count($changes)]);

                    continue;
                }
                $this->outbox->add(array_map(
                    fn (array $change): array => $this->row($kind, $device, ['reference' => $change['id'], 'action' => $change['action']] + $change['row']),
                    $changes,
                ));
            }
        });
    }

    /** @param array<string, mixed> $data */
    private function add(string $kind, int $device, array $data): void
    {
        $this->outbox->add([$this->row($kind, $device, $data)]);
    }

    /**
     * @param  array<string, mixed>  $data
     * @return array{kind: string, device_id: int, at: string, data: array<string, mixed>}
     */
    private function row(string $kind, int $device, array $data): array
    {
        return ['kind' => $kind, 'device_id' => $device, 'at' => gmdate('Y-m-d\TH:i:s\Z', ($this->now)()), 'data' => $data];
    }

    /**
     * @param  list<array{kind: string, id: int, action: string, row: array<string, mixed>}>  $changes
     * @return array<string, list<array{kind: string, id: int, action: string, row: array<string, mixed>}>>
     */
    private static function byKind(array $changes): array
    {
        $kinds = [];
        foreach ($changes as $change) {
            $kinds[$change['kind']][] = $change;
        }

        return $kinds;
    }

    /**
     * @param  array<string, mixed>  $row
     * @param  list<string>  $columns
     * @return array<string, scalar|null>
     */
    private static function only(array $row, array $columns): array
    {
        $kept = [];
        foreach ($columns as $column) {
            $value = $row[$column] ?? null;
            if ($value instanceof \BackedEnum) {
                $value = $value->value;
            } elseif ($value instanceof \Stringable) {
                $value = (string) $value;
            }
            $kept[$column] = is_scalar($value) ? $value : null;
        }

        return $kept;
    }
}
