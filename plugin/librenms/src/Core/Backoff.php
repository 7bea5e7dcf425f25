<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

use Closure;

/** When to try again: doubling from 5 s to 10 minutes, half as much or half more by chance; the receiver may ask for longer. */
final class Backoff
{
    private const FIRST = 5;

    private const LAST = 600;

    /** Longest wait that a receiver may ask for. */
    private const LONGEST = 3600;

    /** @param Closure(): float $random in [0, 1) */
    public function __construct(private readonly State $state, private readonly Closure $random)
    {
    }

    /** @param int $now Unix seconds */
    public function waits(int $now): int
    {
        return max(0, $this->state->get('retry_at') - $now);
    }

    /** @return int seconds to wait */
    public function failed(int $now, ?int $asked = null): int
    {
        $failures = $this->state->get('failures');
        $wait = (int) round(min(self::FIRST * 2 ** min($failures, 20), self::LAST) * (0.5 + ($this->random)()));
        $wait = max($wait, min($asked ?? 0, self::LONGEST));
        $this->state->set('failures', $failures + 1);
        $this->state->set('retry_at', $now + $wait);

        return $wait;
    }

    public function worked(): void
    {
        if ($this->state->get('failures') > 0) {
            $this->state->set('failures', 0);
            $this->state->set('retry_at', 0);
        }
    }
}
