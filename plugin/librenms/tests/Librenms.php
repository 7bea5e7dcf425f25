<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Tests;

use App\Events\DevicePolled;
use App\Models\Device;
use Illuminate\Console\Scheduling\Schedule;
use Illuminate\Contracts\Events\Dispatcher as DispatcherContract;
use Illuminate\Events\Dispatcher;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Log;
use Illuminate\Support\Facades\Schema;
use LibreNMS\Interfaces\Plugins\PluginManagerInterface;
use PDO;
use Shitops\LibrenmsPlugin\ShitopsServiceProvider;

/** A small LibreNMS with the plugin in it: its tables in SQLite, its events, its plugin manager. */
final class Librenms implements PluginManagerInterface
{
    public readonly PDO $pdo;

    public readonly Dispatcher $events;

    public readonly Schedule $schedule;

    public readonly Container $app;

    public readonly ShitopsServiceProvider $provider;

    /** @var list<array{string, string, string}> */
    public array $hooks = [];

    /** @param array<string, mixed> $settings */
    public function __construct(private readonly bool $enabled = true, public array $settings = [], string $file = ':memory:', bool $migrated = true)
    {
        Log::$warnings = [];
        $this->pdo = Schema::$pdo = DB::$pdo = self::connect($file);
        $this->pdo->exec('CREATE TABLE IF NOT EXISTS ports (port_id INTEGER PRIMARY KEY, device_id INTEGER, deleted INTEGER DEFAULT 0, ifIndex INTEGER, ifName TEXT,
            ifDescr TEXT, ifAlias TEXT, ifType TEXT, ifOperStatus TEXT, ifAdminStatus TEXT, ifSpeed INTEGER, ifMtu INTEGER, ifDuplex TEXT, ifVlan TEXT,
            `ignore` INTEGER DEFAULT 0, disabled INTEGER DEFAULT 0, ifInOctets INTEGER DEFAULT 0)');
        $this->pdo->exec('CREATE TABLE IF NOT EXISTS sensors (sensor_id INTEGER PRIMARY KEY, device_id INTEGER, sensor_deleted INTEGER DEFAULT 0, sensor_class TEXT,
            sensor_descr TEXT, sensor_current REAL, sensor_limit REAL, sensor_limit_low REAL, sensor_limit_warn REAL, sensor_limit_low_warn REAL,
            sensor_alert INTEGER DEFAULT 1)');
        if ($migrated) {
            self::migration()->up();
        }
        $this->events = new Dispatcher;
        $this->schedule = new Schedule;
        $this->app = new Container;
        $this->app->singleton(DispatcherContract::class, fn () => $this->events);
        $this->app->singleton(Schedule::class, fn () => $this->schedule);
        $this->app->singleton(PluginManagerInterface::class, fn () => $this);
        $this->provider = new ShitopsServiceProvider($this->app);
        $this->provider->register();
        $this->provider->boot($this);
    }

    /** SQLite, or the empty database of MariaDB or MySQL that SHITOPS_TEST_DSN names (mysql:unix_socket=…;dbname=…), as user root. */
    private static function connect(string $file): PDO
    {
        $options = [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_EMULATE_PREPARES => false];
        $dsn = getenv('SHITOPS_TEST_DSN');
        if ($dsn === false || $file !== ':memory:') {
            return new PDO("sqlite:$file", null, null, $options);
        }
        $pdo = new PDO($dsn, 'root', '', $options);
        $pdo->exec('DROP TABLE IF EXISTS ports, sensors, away, shitops_outbox, shitops_digests, shitops_state');

        return $pdo;
    }

    public static function migration(): object
    {
        return require __DIR__ . '/../database/migrations/2026_11_25_000000_create_shitops_tables.php';
    }

    public function publishHook(string $pluginName, string $hookType, string $implementationClass): bool
    {
        $this->hooks[] = [$pluginName, $hookType, $implementationClass];

        return new $implementationClass instanceof $hookType;
    }

    public function pluginEnabled(string $pluginName): bool
    {
        return $this->enabled;
    }

    public function getSettings(string $pluginName): array
    {
        return $this->settings;
    }

    /** As the poller ends the poll of a device. */
    public function polled(int $device): void
    {
        $this->events->dispatch(new DevicePolled(new Device(['device_id' => $device])));
    }

    /** @return list<array<string, mixed>> kind, device_id and the payload's fields */
    public function outbox(): array
    {
        $rows = $this->pdo->query('SELECT kind, device_id, payload FROM shitops_outbox ORDER BY id')->fetchAll(PDO::FETCH_ASSOC);

        return array_map(fn (array $row): array => ['kind' => $row['kind'], 'device_id' => (int) $row['device_id']] + json_decode($row['payload'], true), $rows);
    }

    public function empty(): void
    {
        $this->pdo->exec('DELETE FROM shitops_outbox');
    }
}
