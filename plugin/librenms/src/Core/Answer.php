<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

final class Answer
{
    /** @param int|null $retryAfter seconds that the receiver asks for */
    public function __construct(public readonly int $status, public readonly ?int $retryAfter = null)
    {
    }

    public function taken(): bool
    {
        return $this->status >= 200 && $this->status < 300;
    }
}
