<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

/** A few numbers that outlive a process. */
final class State
{
    public function __construct(private readonly Database $database)
    {
    }

    public function get(string $name): int
    {
        [$row] = $this->database->select('SELECT value FROM shitops_state WHERE name = ?', [$name]) + [null];

        return (int) ($row['value'] ?? 0);
    }

    public function set(string $name, int $value): void
    {
        $this->database->insert('REPLACE', 'shitops_state', ['name', 'value'], [[$name, (string) $value]]);
    }
}
