<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

final class DrainReport
{
    /**
     * @param  int  $sent  rows that the receiver has
     * @param  int  $lost  rows given up because there were too many
     * @param  string|null  $problem  what stopped it
     */
    public function __construct(public readonly int $sent, public readonly int $lost, public readonly ?string $problem)
    {
    }
}
