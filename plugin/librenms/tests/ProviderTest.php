<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Tests;

use LibreNMS\Interfaces\Plugins\Hooks\SettingsHook;
use PHPUnit\Framework\TestCase;
use Shitops\LibrenmsPlugin\Console\DrainCommand;
use Shitops\LibrenmsPlugin\Hooks\Settings;

final class ProviderTest extends TestCase
{
    public function testTheHookIsPublishedAlsoWhileThePluginIsOff(): void
    {
        $off = new Librenms(enabled: false);
        self::assertSame([['shitops', SettingsHook::class, Settings::class]], $off->hooks);
        self::assertSame([], $off->events->names());
        self::assertSame([], $off->provider->registered);
    }

    public function testItListensToWhatLibrenmsSays(): void
    {
        $librenms = new Librenms;
        self::assertSame([
            'App\Events\DevicePolled', 'eloquent.created: App\Models\Eventlog', 'eloquent.created: App\Models\AlertLog',
            'eloquent.created: App\Models\Device', 'eloquent.updated: App\Models\Device', 'eloquent.deleted: App\Models\Device',
        ], $librenms->events->names());
        self::assertSame([DrainCommand::class], $librenms->provider->registered);
        self::assertSame(['shitops:drain'], $librenms->schedule->entries);
    }

    public function testComposerNamesTheProviderAndTheSettingsHaveDefaults(): void
    {
        $composer = json_decode((string) file_get_contents(__DIR__ . '/../composer.json'), true);
        self::assertSame(['Shitops\LibrenmsPlugin\ShitopsServiceProvider'], $composer['extra']['laravel']['providers']);
        $page = (new Settings)->handle('shitops', ['url' => ' https://ops.example/librenms/plugin ', 'ca_file' => '']);
        self::assertSame('shitops::settings', $page['content_view']);
        self::assertSame(['url' => 'https://ops.example/librenms/plugin', 'secret_file' => '/etc/shitops/librenms-plugin.secret', 'ca_file' => ''], $page['settings']);
    }

    public function testTheMigrationGoesBack(): void
    {
        $librenms = new Librenms;
        Librenms::migration()->down();
        foreach (['shitops_outbox', 'shitops_digests', 'shitops_state'] as $table) {
            try {
                $librenms->pdo->query("SELECT 1 FROM $table");
                self::fail("$table is there");
            } catch (\PDOException) {
                self::assertTrue(true);
            }
        }
    }

    public function testEveryFileOfThePluginLoads(): void
    {
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator(__DIR__ . '/../src', \FilesystemIterator::SKIP_DOTS));
        foreach ($files as $file) {
            require_once $file->getPathname();
        }
        self::assertTrue(class_exists(DrainCommand::class, false));
    }
}
