<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin;

use Illuminate\Contracts\Events\Dispatcher;
use Illuminate\Database\Eloquent\Model;
use Shitops\LibrenmsPlugin\Core\Quietly;
use Shitops\LibrenmsPlugin\Core\Recorder;

/** From LibreNMS's events to the outbox. Nothing here waits for a network, and nothing here throws. */
final class Listeners
{
    public function __construct(private readonly Recorder $recorder, private readonly Quietly $quietly)
    {
    }

    public function register(Dispatcher $events): void
    {
        $events->listen('App\Events\DevicePolled', fn (object $event) => $this->polled($event));
        // Every event goes through Eloquent; for Laravel these are plain names with the model's class in them.
        $events->listen('eloquent.created: App\Models\Eventlog', fn (Model $model) => $this->eventlog($model));
        $events->listen('eloquent.created: App\Models\AlertLog', fn (Model $model) => $this->alertlog($model));
        foreach (['created', 'updated', 'deleted'] as $action) {
            $events->listen("eloquent.$action: App\Models\Device", fn (Model $model) => $this->device($action, $model));
        }
    }

    private function polled(object $event): void
    {
        $this->quietly->run('a poll was not recorded', fn () => $this->recorder->polled((int) $event->device->device_id));
    }

    private function eventlog(Model $model): void
    {
        $this->quietly->run('an event was not recorded', fn () => $this->recorder->eventlog($model->getAttributes()));
    }

    private function alertlog(Model $model): void
    {
        $this->quietly->run('an alert was not recorded', fn () => $this->recorder->alertlog($model->getAttributes()));
    }

    private function device(string $action, Model $model): void
    {
        $this->quietly->run(
            'a device was not recorded',
            fn () => $this->recorder->device($action, $model->getAttributes(), array_keys($model->getChanges())),
        );
    }
}
