<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Tests;

use Closure;

/** Laravel's container, as far as the provider uses it. */
final class Container
{
    /** @var array<string, Closure> */
    private array $makers = [];

    /** @var array<string, object> */
    private array $made = [];

    public function singleton(string $class, Closure $make): void
    {
        $this->makers[$class] = fn () => $this->made[$class] ??= $make($this);
    }

    public function bind(string $class, Closure $make): void
    {
        $this->makers[$class] = fn () => $make($this);
    }

    public function make(string $class): object
    {
        return ($this->makers[$class])();
    }

    public function runningInConsole(): bool
    {
        return true;
    }
}
