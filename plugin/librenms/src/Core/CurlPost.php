<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

/** Certificates are checked, redirects are not followed: a signed batch goes where the settings say or nowhere. */
final class CurlPost implements Post
{
    private const CONNECT_MS = 3000;

    private const TOTAL_MS = 15000;

    public function __construct(private readonly ?string $caFile = null)
    {
    }

    public function send(string $url, array $headers, string $body): Answer
    {
        $retryAfter = null;
        $curl = curl_init($url);
        curl_setopt_array($curl, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_HTTPHEADER => array_merge(
                array_map(fn (string $name): string => "$name: $headers[$name]", array_keys($headers)),
                // Without it curl asks first and waits a second for the answer.
                ['Expect:'],
            ),
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_CONNECTTIMEOUT_MS => self::CONNECT_MS,
            CURLOPT_TIMEOUT_MS => self::TOTAL_MS,
            CURLOPT_HEADERFUNCTION => function ($_, string $line) use (&$retryAfter): int {
                if (preg_match('/^retry-after:\s*(\d{1,6})\s*$/i', $line, $match)) {
                    $retryAfter = (int) $match[1];
                }

                return strlen($line);
            },
            // The answer's text is of no use here.
            CURLOPT_WRITEFUNCTION => fn ($_, string $chunk): int => strlen($chunk),
        ] + ($this->caFile === null ? [] : [CURLOPT_CAINFO => $this->caFile]));
        if (curl_exec($curl) === false) {
            throw new PostFailed(curl_error($curl));
        }

        return new Answer((int) curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $retryAfter);
    }
}
