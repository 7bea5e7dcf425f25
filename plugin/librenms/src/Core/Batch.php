<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

/** Rows that go together; sent again with the same key until the receiver has taken them. */
final class Batch
{
    /** @param string $body NDJSON, one row a line: {"v":1,"id":…,"kind":…,"device_id":…,"at":RFC 3339,"data":{…}} */
    public function __construct(public readonly string $key, public readonly int $count, public readonly string $body)
    {
    }
}
