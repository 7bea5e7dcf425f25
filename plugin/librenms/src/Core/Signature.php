<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

/** What proves to shitops that a batch is ours, fresh and whole. */
final class Signature
{
    /**
     * HMAC-SHA256 in hex over `v1:TIMESTAMP:KEY:BODY`; the key is in it so that nobody can send an old batch again under a new one.
     *
     * @param  int  $timestamp  Unix seconds
     */
    public static function of(string $secret, int $timestamp, string $key, string $body): string
    {
        return 'v1=' . hash_hmac('sha256', "v1:$timestamp:$key:$body", $secret);
    }
}
