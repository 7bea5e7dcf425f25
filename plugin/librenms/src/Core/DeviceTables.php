<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

/** The ports and sensors of one device, by the columns that are worth telling of. Polling writes them by raw SQL: no model event says so. */
final class DeviceTables
{
    /** Of `ports`: what somebody configured or what came up and down; no counters, which change with every poll. */
    private const PORT = ['ifIndex', 'ifName', 'ifDescr', 'ifAlias', 'ifType', 'ifOperStatus', 'ifAdminStatus', 'ifSpeed', 'ifMtu', 'ifDuplex', 'ifVlan', 'ignore', 'disabled'];

    /** Of `sensors`. */
    private const SENSOR = ['sensor_class', 'sensor_descr', 'sensor_current', 'sensor_limit', 'sensor_limit_low', 'sensor_limit_warn', 'sensor_limit_low_warn', 'sensor_alert'];

    public function __construct(private readonly Database $database)
    {
    }

    /** @return array<string, array<int, array<string, mixed>>> by kind and id */
    public function of(int $device): array
    {
        return [
            'port' => $this->rows('ports', 'port_id', self::PORT, 'deleted = 0', $device),
            'sensor' => array_map(self::banded(...), $this->rows('sensors', 'sensor_id', self::SENSOR, 'sensor_deleted = 0', $device)),
        ];
    }

    /**
     * In place of the value where it lies between the limits: a temperature moves with every poll, and a reader for each of them would ask more
     * than he does without the plugin. The number of a state is what it is.
     *
     * @param  array<string, mixed>  $row
     * @return array<string, mixed>
     */
    private static function banded(array $row): array
    {
        $value = $row['sensor_current'];
        unset($row['sensor_current']);
        $over = fn (string $limit): bool => $row[$limit] !== null && (float) $value > (float) $row[$limit];
        $under = fn (string $limit): bool => $row[$limit] !== null && (float) $value < (float) $row[$limit];

        return $row + ['band' => match (true) {
            $value === null => null,
            $row['sensor_class'] === 'state' => (string) (float) $value,
            $over('sensor_limit') => 'too high',
            $under('sensor_limit_low') => 'too low',
            $over('sensor_limit_warn') => 'high',
            $under('sensor_limit_low_warn') => 'low',
            default => 'ok',
        }];
    }

    /**
     * @param  list<string>  $columns
     * @return array<int, array<string, mixed>>
     */
    private function rows(string $table, string $id, array $columns, string $alive, int $device): array
    {
        $quoted = implode(',', array_map(fn (string $column): string => "`$column`", $columns));
        $rows = [];
        foreach ($this->database->select("SELECT $id, $quoted FROM $table WHERE device_id = ? AND $alive", [$device]) as $row) {
            $key = (int) $row[$id];
            unset($row[$id]);
            $rows[$key] = $row;
        }

        return $rows;
    }
}
