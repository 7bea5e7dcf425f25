<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

use Closure;
use Throwable;

/** Polling must go on whatever happens here: LibreNMS does not catch what a listener throws. */
final class Quietly
{
    /** Messages said already in this process: a table that is not there would be told of with every port. */
    private array $said = [];

    private const MOST_SAID = 20;

    /** @param Closure(string): void $warn */
    public function __construct(private readonly Closure $warn)
    {
    }

    /** @param Closure(): mixed $work */
    public function run(string $what, Closure $work): void
    {
        try {
            $work();
        } catch (Throwable $error) {
            $this->tell($what, $error);
        }
    }

    private function tell(string $what, Throwable $error): void
    {
        $message = "shitops: $what: " . $error->getMessage();
        if (isset($this->said[$message]) || count($this->said) >= self::MOST_SAID) {
            return;
        }
        $this->said[$message] = true;
        try {
            ($this->warn)($message);
        } catch (Throwable) {
            // A log that cannot be written is no reason to stop polling either.
        }
    }
}
