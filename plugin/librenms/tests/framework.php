<?php

declare(strict_types=1);

/** As much of Laravel and LibreNMS as the plugin touches, written for these tests: an event bus, a model, a schema that makes tables in SQLite. */

namespace Illuminate\Database\Migrations {
    abstract class Migration
    {
    }
}

namespace Illuminate\Database\Schema {
    use Illuminate\Support\Facades\Schema;

    final class Column
    {
        public bool $nullable = false;

        public function __construct(private readonly Blueprint $table, public readonly string $name, public readonly string $type)
        {
        }

        public function nullable(): self
        {
            $this->nullable = true;

            return $this;
        }

        public function index(): self
        {
            $this->table->indexed[] = $this->name;

            return $this;
        }
    }

    final class Blueprint
    {
        /** @var list<Column> */
        public array $columns = [];

        /** @var list<string> */
        public array $indexed = [];

        /** @var list<string> */
        public array $primary = [];

        public function bigIncrements(string $name): Column
        {
            return $this->column($name, Schema::mysql() ? 'BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY' : 'INTEGER PRIMARY KEY AUTOINCREMENT');
        }

        public function string(string $name, int $length): Column
        {
            return $this->column($name, "VARCHAR($length)");
        }

        public function unsignedInteger(string $name): Column
        {
            return $this->column($name, Schema::mysql() ? 'INT UNSIGNED' : 'INTEGER');
        }

        public function text(string $name): Column
        {
            return $this->column($name, 'TEXT');
        }

        /** @param list<string> $columns */
        public function primary(array $columns): void
        {
            $this->primary = $columns;
        }

        private function column(string $name, string $type): Column
        {
            return $this->columns[] = new Column($this, $name, $type);
        }
    }
}

namespace Illuminate\Support\Facades {
    use Illuminate\Database\Schema\Blueprint;

    final class Schema
    {
        public static \PDO $pdo;

        public static function mysql(): bool
        {
            return self::$pdo->getAttribute(\PDO::ATTR_DRIVER_NAME) === 'mysql';
        }

        public static function create(string $name, \Closure $build): void
        {
            $table = new Blueprint;
            $build($table);
            $parts = array_map(fn ($column) => "$column->name $column->type" . ($column->nullable ? '' : ' NOT NULL'), $table->columns);
            if ($table->primary !== []) {
                $parts[] = 'PRIMARY KEY (' . implode(',', $table->primary) . ')';
            }
            self::$pdo->exec("CREATE TABLE $name (" . implode(',', $parts) . ')');
            foreach ($table->indexed as $column) {
                self::$pdo->exec("CREATE INDEX {$name}_$column ON $name ($column)");
            }
        }

        public static function dropIfExists(string $name): void
        {
            self::$pdo->exec("DROP TABLE IF EXISTS $name");
        }
    }

    final class DB
    {
        public static \PDO $pdo;

        public static function connection(): object
        {
            return new class(self::$pdo)
            {
                public function __construct(private readonly \PDO $pdo)
                {
                }

                public function getPdo(): \PDO
                {
                    return $this->pdo;
                }
            };
        }
    }

    final class Log
    {
        /** @var list<string> */
        public static array $warnings = [];

        public static function warning(string $message): void
        {
            self::$warnings[] = $message;
        }
    }
}

namespace Illuminate\Database\Eloquent {
    abstract class Model
    {
        /**
         * @param  array<string, mixed>  $attributes
         * @param  array<string, mixed>  $changes
         */
        final public function __construct(private readonly array $attributes, private readonly array $changes = [])
        {
        }

        /** @return array<string, mixed> */
        public function getAttributes(): array
        {
            return $this->attributes;
        }

        /** @return array<string, mixed> */
        public function getChanges(): array
        {
            return $this->changes;
        }

        public function __get(string $name): mixed
        {
            return $this->attributes[$name] ?? null;
        }
    }
}

namespace Illuminate\Contracts\Events {
    interface Dispatcher
    {
        public function listen(string $event, \Closure $listener): void;
    }
}

namespace Illuminate\Events {
    /** Listeners are called one after the other, in this process, and what they throw goes up, as in Laravel. */
    final class Dispatcher implements \Illuminate\Contracts\Events\Dispatcher
    {
        /** @var array<string, list<\Closure>> */
        private array $listeners = [];

        public function listen(string $event, \Closure $listener): void
        {
            $this->listeners[$event][] = $listener;
        }

        public function dispatch(object|string $event, mixed $payload = null): void
        {
            foreach ($this->listeners[is_string($event) ? $event : $event::class] ?? [] as $listener) {
                $listener(is_string($event) ? $payload : $event);
            }
        }

        /** @return list<string> */
        public function names(): array
        {
            return array_keys($this->listeners);
        }
    }
}

namespace Illuminate\Console\Scheduling {
    final class Schedule
    {
        /** @var list<string> */
        public array $entries = [];

        public function command(string $name): self
        {
            $this->entries[] = $name;

            return $this;
        }

        public function everyMinute(): self
        {
            return $this;
        }

        public function withoutOverlapping(): self
        {
            return $this;
        }
    }
}

namespace Illuminate\Console {
    abstract class Command
    {
        public const SUCCESS = 0;

        public const FAILURE = 1;

        /** @var array<string, mixed> */
        public array $options = ['follow' => false, 'max-time' => '3600'];

        /** @var list<string> */
        public array $output = [];

        public function option(string $name): mixed
        {
            return $this->options[$name];
        }

        public function line(string $text): void
        {
            $this->output[] = $text;
        }

        public function warn(string $text): void
        {
            $this->output[] = "warning: $text";
        }

        public function error(string $text): void
        {
            $this->output[] = "error: $text";
        }
    }
}

namespace Illuminate\Support {
    abstract class ServiceProvider
    {
        /** @var list<string> */
        public array $loaded = [];

        /** @var list<class-string> */
        public array $registered = [];

        /** @param \Shitops\LibrenmsPlugin\Tests\Container $app */
        public function __construct(protected object $app)
        {
        }

        protected function loadMigrationsFrom(string $path): void
        {
            $this->loaded[] = $path;
        }

        protected function loadViewsFrom(string $path, string $namespace): void
        {
            $this->loaded[] = "$namespace=$path";
        }

        /** @param list<class-string> $commands */
        protected function commands(array $commands): void
        {
            array_push($this->registered, ...$commands);
        }

        protected function callAfterResolving(string $class, \Closure $then): void
        {
            $then($this->app->make($class));
        }
    }
}

namespace LibreNMS\Interfaces\Plugins {
    interface PluginManagerInterface
    {
        public function publishHook(string $pluginName, string $hookType, string $implementationClass): bool;

        public function pluginEnabled(string $pluginName): bool;

        /** @return array<string, mixed> */
        public function getSettings(string $pluginName): array;
    }
}

namespace LibreNMS\Interfaces\Plugins\Hooks {
    interface SettingsHook
    {
    }
}

namespace App\Models {
    use Illuminate\Database\Eloquent\Model;

    final class Eventlog extends Model
    {
    }

    final class AlertLog extends Model
    {
    }

    final class Device extends Model
    {
    }
}

namespace App\Events {
    final class DevicePolled
    {
        public function __construct(public \App\Models\Device $device)
        {
        }
    }
}
