<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

use Closure;
use PDO;
use PDOStatement;
use Throwable;

/**
 * LibreNMS's own connection. It is asked for each time, because a long-lived process reconnects. Only SQL that MariaDB, MySQL and SQLite
 * understand alike.
 */
final class Database
{
    /** Parameters of one statement: SQLite took 999 for a long time, MySQL takes 65,535. */
    private const MOST_PARAMETERS = 900;

    /** @param Closure(): PDO $pdo */
    public function __construct(private readonly Closure $pdo)
    {
    }

    /**
     * @param  list<int|string|null>  $parameters
     * @return list<array<string, mixed>>
     */
    public function select(string $sql, array $parameters = []): array
    {
        /** @var list<array<string, mixed>> */
        return $this->run($sql, $parameters)->fetchAll(PDO::FETCH_ASSOC);
    }

    /**
     * @param  list<int|string|null>  $parameters
     * @return int rows that it touched
     */
    public function execute(string $sql, array $parameters = []): int
    {
        return $this->run($sql, $parameters)->rowCount();
    }

    /**
     * Rows in as few statements as may be.
     *
     * @param  'INSERT'|'REPLACE'  $verb
     * @param  list<string>  $columns
     * @param  list<list<int|string|null>>  $rows  values in the order of the columns
     */
    public function insert(string $verb, string $table, array $columns, array $rows): void
    {
        $one = '(' . implode(',', array_fill(0, count($columns), '?')) . ')';
        foreach (array_chunk($rows, max(1, intdiv(self::MOST_PARAMETERS, count($columns)))) as $chunk) {
            $places = implode(',', array_fill(0, count($chunk), $one));
            $this->run("$verb INTO $table (" . implode(',', $columns) . ") VALUES $places", array_merge(...$chunk));
        }
    }

    /**
     * All of it or nothing; inside a transaction of LibreNMS it is part of that one.
     *
     * @template T
     *
     * @param  Closure(): T  $work
     * @return T
     */
    public function together(Closure $work): mixed
    {
        $pdo = ($this->pdo)();
        if ($pdo->inTransaction()) {
            return $work();
        }
        $pdo->beginTransaction();
        try {
            $result = $work();
            $pdo->commit();

            return $result;
        } catch (Throwable $error) {
            if ($pdo->inTransaction()) {
                $pdo->rollBack();
            }
            throw $error;
        }
    }

    /** @param list<int|string|null> $parameters */
    private function run(string $sql, array $parameters): PDOStatement
    {
        $statement = ($this->pdo)()->prepare($sql);
        if ($statement === false || ! $statement->execute($parameters)) {
            // Only where somebody has turned PDO's exceptions off.
            throw new \RuntimeException('the database refused a statement of shitops');
        }

        return $statement;
    }
}
