<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Tests;

use App\Models\AlertLog;
use App\Models\Device;
use App\Models\Eventlog;
use Illuminate\Support\Facades\Log;
use PHPUnit\Framework\TestCase;

final class ListenersTest extends TestCase
{
    private const SECRETS = ['community' => 'topsecret', 'authpass' => 'topsecret', 'cryptopass' => 'topsecret'];

    public function testAnEventGoesIntoTheOutboxWithItsNamedColumnsOnly(): void
    {
        $librenms = new Librenms;
        $librenms->events->dispatch('eloquent.created: App\Models\Eventlog', new Eventlog([
            'event_id' => 9, 'device_id' => 3, 'type' => 'interface', 'reference' => '17', 'severity' => 5, 'message' => 'ifOperStatus: up -> down',
            'datetime' => '2026-11-25 12:00:00', 'username' => 'jane',
        ]));
        [$row] = $librenms->outbox();
        self::assertSame(['eventlog', 3], [$row['kind'], $row['device_id']]);
        self::assertSame(
            ['event_id' => 9, 'type' => 'interface', 'reference' => '17', 'severity' => 5, 'message' => 'ifOperStatus: up -> down', 'datetime' => '2026-11-25 12:00:00'],
            $row['data'],
        );
        self::assertMatchesRegularExpression('/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/', $row['at']);
    }

    public function testWhatShitopsWroteItselfIsNotToldAgain(): void
    {
        $librenms = new Librenms;
        $librenms->events->dispatch('eloquent.created: App\Models\Eventlog', new Eventlog(['device_id' => 3, 'type' => 'shitops', 'message' => 'noted']));
        self::assertSame([], $librenms->outbox());
    }

    public function testAnAlertIsToldWithoutItsDetails(): void
    {
        $librenms = new Librenms;
        $librenms->events->dispatch('eloquent.created: App\Models\AlertLog', new AlertLog(['id' => 5, 'device_id' => 3, 'rule_id' => 2, 'state' => 1, 'details' => json_encode(self::SECRETS)]));
        self::assertSame(['id' => 5, 'rule_id' => 2, 'state' => 1], $librenms->outbox()[0]['data']);
    }

    public function testADeviceIsToldByTheNamesOfWhatChangedAndNeverWithASecret(): void
    {
        $librenms = new Librenms;
        $device = ['device_id' => 3, 'hostname' => 'sw1', 'status' => 0, 'disabled' => 0, 'ignore' => 0] + self::SECRETS;
        $librenms->events->dispatch('eloquent.updated: App\Models\Device', new Device($device, ['status' => 0, 'community' => 'topsecret']));
        $librenms->events->dispatch('eloquent.deleted: App\Models\Device', new Device($device));
        self::assertSame(['updated', 'deleted'], array_map(fn ($row) => $row['data']['action'], $librenms->outbox()));
        self::assertSame('status,community', $librenms->outbox()[0]['data']['changed']);
        self::assertStringNotContainsString('topsecret', json_encode($librenms->outbox()));
    }

    public function testWhatEveryPollSavesIsNoChange(): void
    {
        $librenms = new Librenms;
        $librenms->events->dispatch('eloquent.updated: App\Models\Device', new Device(['device_id' => 3], ['last_polled' => 'x', 'uptime' => 7]));
        self::assertSame([], $librenms->outbox());
    }

    public function testAPollTellsOnlyWhatChangedSinceTheLast(): void
    {
        $librenms = new Librenms;
        $librenms->pdo->exec("INSERT INTO ports (port_id, device_id, ifName, ifOperStatus) VALUES (1, 3, 'Gi1', 'up'), (2, 3, 'Gi2', 'up'), (9, 4, 'Gi1', 'up')");
        $librenms->pdo->exec("INSERT INTO sensors (sensor_id, device_id, sensor_class, sensor_current, sensor_limit) VALUES (5, 3, 'temperature', 30, 31)");
        $librenms->polled(3);
        self::assertSame([['port', 'many', 2], ['sensor', 'many', 1]], array_map(fn ($row) => [$row['kind'], $row['data']['action'], $row['data']['rows']], $librenms->outbox()));
        $librenms->empty();

        $librenms->pdo->exec('UPDATE ports SET ifInOctets = 99');
        $librenms->pdo->exec('UPDATE sensors SET sensor_current = 30.7');
        $librenms->polled(3);
        self::assertSame([], $librenms->outbox(), 'counters are no change, nor values between the limits');

        $librenms->pdo->exec("UPDATE ports SET ifOperStatus = 'down' WHERE port_id = 1");
        $librenms->pdo->exec('UPDATE ports SET deleted = 1 WHERE port_id = 2');
        $librenms->pdo->exec('UPDATE sensors SET sensor_current = 31.5');
        $librenms->polled(3);
        self::assertSame(
            [['port', 1, 'updated'], ['port', 2, 'deleted'], ['sensor', 5, 'updated']],
            self::sorted(array_map(fn ($row) => [$row['kind'], $row['data']['reference'], $row['data']['action']], $librenms->outbox())),
        );
        $librenms->empty();
        $librenms->polled(3);
        self::assertSame([], $librenms->outbox());
    }

    public function testAStateIsToldByItsNumberAndASensorByWhereItLies(): void
    {
        $librenms = new Librenms;
        $librenms->pdo->exec("INSERT INTO sensors (sensor_id, device_id, sensor_class, sensor_current, sensor_limit, sensor_limit_warn, sensor_limit_low)
            VALUES (1, 3, 'state', 1, NULL, NULL, NULL), (2, 3, 'temperature', 20, 50, 40, 5), (3, 3, 'voltage', NULL, NULL, NULL, NULL)");
        $librenms->polled(3);
        $told = [];
        foreach ([[2, 45], [2, 60], [3, 61], [2, 4], [2, 21.5]] as [$state, $degrees]) {
            $librenms->empty();
            $librenms->pdo->exec("UPDATE sensors SET sensor_current = CASE sensor_id WHEN 1 THEN $state WHEN 2 THEN $degrees ELSE 230 END");
            $librenms->polled(3);
            $told[] = implode(' ', array_map(fn ($row) => $row['data']['reference'] . ':' . $row['data']['band'], $librenms->outbox()));
        }
        self::assertSame(['1:2 2:high 3:ok', '2:too high', '1:3', '1:2 2:too low', '2:ok'], $told);
    }

    public function testManyChangesOfADeviceAreOneRow(): void
    {
        $librenms = new Librenms;
        $librenms->pdo->exec("INSERT INTO ports (port_id, device_id, ifName) VALUES (9999, 3, 'p')");
        $librenms->polled(3);
        $librenms->empty();
        $insert = $librenms->pdo->prepare("INSERT INTO ports (port_id, device_id, ifName) VALUES (?, 3, 'p')");
        for ($id = 1; $id <= 1500; $id++) {
            $insert->execute([$id]);
        }
        $librenms->polled(3);
        self::assertSame([['action' => 'many', 'rows' => 1500]], array_column($librenms->outbox(), 'data'));
        $librenms->empty();
        $librenms->polled(3);
        self::assertSame([], $librenms->outbox(), 'and are remembered');
    }

    public function testADeletedDeviceIsForgotten(): void
    {
        $librenms = new Librenms;
        $librenms->pdo->exec("INSERT INTO ports (port_id, device_id, ifName) VALUES (1, 3, 'Gi1')");
        $librenms->polled(3);
        $librenms->events->dispatch('eloquent.deleted: App\Models\Device', new Device(['device_id' => 3]));
        self::assertSame(0, (int) $librenms->pdo->query('SELECT COUNT(*) FROM shitops_digests')->fetchColumn());
    }

    public function testNoListenerThrowsAndTheLogIsToldOnce(): void
    {
        $librenms = new Librenms(migrated: false);
        for ($n = 0; $n < 3; $n++) {
            $librenms->events->dispatch('eloquent.created: App\Models\Eventlog', new Eventlog(['device_id' => 3, 'message' => "\xff not UTF-8"]));
            $librenms->polled(3);
        }
        $librenms->pdo->exec('DROP TABLE ports');
        $librenms->polled(3);
        self::assertCount(3, Log::$warnings);
        self::assertStringContainsString('shitops_outbox', Log::$warnings[0]);
    }

    public function testAPollThatFailsHalfWayIsTakenBackWhole(): void
    {
        $librenms = new Librenms;
        $librenms->pdo->exec("INSERT INTO ports (port_id, device_id, ifName) VALUES (1, 3, 'Gi1')");
        $librenms->pdo->exec('ALTER TABLE shitops_outbox RENAME TO away');
        $librenms->polled(3);
        $librenms->pdo->exec('ALTER TABLE away RENAME TO shitops_outbox');
        $librenms->polled(3);
        self::assertCount(1, $librenms->outbox(), 'the digest of the first poll did not stay without its row');
    }

    public function testInsideATransactionOfLibrenmsItIsPartOfThat(): void
    {
        $librenms = new Librenms;
        $librenms->pdo->exec("INSERT INTO ports (port_id, device_id, ifName) VALUES (1, 3, 'Gi1')");
        $librenms->pdo->beginTransaction();
        $librenms->polled(3);
        $librenms->pdo->rollBack();
        self::assertSame([], $librenms->outbox());
    }

    /** @param list<array<int, mixed>> $rows @return list<array<int, mixed>> */
    private static function sorted(array $rows): array
    {
        sort($rows);

        return $rows;
    }
}
