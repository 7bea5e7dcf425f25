<?php

declare(strict_types=1);

/**
 * A LibreNMS with the plugin, for the test against a real receiver: php play.php DATABASE URL SECRET_FILE STEP…
 * Steps: poll (a poll that finds one port changed), event (one event), secret (a device's update that has a secret in it), drain (as
 * `lnms shitops:drain`, whose exit code becomes ours), now (forget the wait after a failure). Last line: rows that are left.
 */

namespace Shitops\LibrenmsPlugin\Tests;

use App\Models\Device;
use App\Models\Eventlog;
use Shitops\LibrenmsPlugin\Console\DrainCommand;
use Shitops\LibrenmsPlugin\Core\Database;
use Shitops\LibrenmsPlugin\PluginSettings;

require __DIR__ . '/bootstrap.php';

[, $file, $url, $secretFile] = $argv;
$librenms = new Librenms(settings: ['url' => $url, 'secret_file' => $secretFile], file: $file, migrated: ! is_file($file));
$code = 0;
foreach (array_slice($argv, 4) as $step) {
    switch ($step) {
        case 'poll':
            $librenms->pdo->exec("INSERT OR IGNORE INTO ports (port_id, device_id, ifName, ifOperStatus) VALUES (17, 3, 'Gi1/0/1', 'up')");
            $librenms->pdo->exec("UPDATE ports SET ifOperStatus = CASE ifOperStatus WHEN 'up' THEN 'down' ELSE 'up' END");
            $librenms->polled(3);
            break;
        case 'event':
            $librenms->events->dispatch('eloquent.created: App\Models\Eventlog', new Eventlog([
                'event_id' => random_int(1, 1_000_000), 'device_id' => 3, 'type' => 'interface', 'reference' => '17', 'message' => "ifOperStatus: up -> down é\xff\n",
            ]));
            break;
        case 'secret':
            $librenms->events->dispatch('eloquent.updated: App\Models\Device', new Device(['device_id' => 3, 'hostname' => 'sw1', 'community' => 'topsecret'], ['community' => 'topsecret']));
            break;
        case 'now':
            $librenms->pdo->exec("DELETE FROM shitops_state WHERE name = 'retry_at'");
            break;
        case 'drain':
            $command = new DrainCommand;
            $code = $command->handle($librenms->app->make(Database::class), $librenms->app->make(PluginSettings::class));
            echo implode("\n", $command->output), "\n";
            break;
        default:
            throw new \InvalidArgumentException($step);
    }
}
echo count($librenms->outbox()), "\n";
exit($code);
