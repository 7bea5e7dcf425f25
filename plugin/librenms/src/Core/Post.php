<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

/** The one network call of the plugin, made by the drain alone. */
interface Post
{
    /**
     * @param  array<string, string>  $headers
     *
     * @throws PostFailed when there is no answer
     */
    public function send(string $url, array $headers, string $body): Answer;
}
