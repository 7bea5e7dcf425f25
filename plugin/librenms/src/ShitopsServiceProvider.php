<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin;

use Illuminate\Console\Scheduling\Schedule;
use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Log;
use Illuminate\Support\ServiceProvider;
use LibreNMS\Interfaces\Plugins\Hooks\SettingsHook;
use LibreNMS\Interfaces\Plugins\PluginManagerInterface;
use Shitops\LibrenmsPlugin\Console\DrainCommand;
use Shitops\LibrenmsPlugin\Core\Database;
use Shitops\LibrenmsPlugin\Core\DeviceTables;
use Shitops\LibrenmsPlugin\Core\Digests;
use Shitops\LibrenmsPlugin\Core\Outbox;
use Shitops\LibrenmsPlugin\Core\Quietly;
use Shitops\LibrenmsPlugin\Core\Recorder;
use Shitops\LibrenmsPlugin\Hooks\Settings;

class ShitopsServiceProvider extends ServiceProvider
{
    public const PLUGIN = 'shitops';

    public function register(): void
    {
        $this->app->singleton(Database::class, fn () => new Database(fn () => DB::connection()->getPdo()));
        $this->app->singleton(Quietly::class, fn () => new Quietly(fn (string $message) => Log::warning($message)));
        $this->app->singleton(Recorder::class, function ($app) {
            $database = $app->make(Database::class);

            return new Recorder($database, new Outbox($database), new Digests($database), new DeviceTables($database), time(...));
        });
        $this->app->bind(PluginSettings::class, fn ($app) => PluginSettings::of($app->make(PluginManagerInterface::class)->getSettings(self::PLUGIN)));
    }

    public function boot(PluginManagerInterface $plugins): void
    {
        // Before anything else, also while it is switched off: without a hook LibreNMS takes the plugin off its list.
        $plugins->publishHook(self::PLUGIN, SettingsHook::class, Settings::class);
        $this->loadMigrationsFrom(__DIR__ . '/../database/migrations');
        $this->loadViewsFrom(__DIR__ . '/../resources/views', self::PLUGIN);
        if (! $plugins->pluginEnabled(self::PLUGIN)) {
            return;
        }
        (new Listeners($this->app->make(Recorder::class), $this->app->make(Quietly::class)))->register($this->app->make(Dispatcher::class));
        if ($this->app->runningInConsole()) {
            $this->commands([DrainCommand::class]);
        }
        $this->callAfterResolving(Schedule::class, function (Schedule $schedule): void {
            $schedule->command('shitops:drain')->everyMinute()->withoutOverlapping();
        });
    }
}
