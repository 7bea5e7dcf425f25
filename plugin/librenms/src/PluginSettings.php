<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin;

/** What an administrator may set. The secret is not among it: it stays in its file. */
final class PluginSettings
{
    public const URL = 'http://127.0.0.1:7469/librenms/plugin';

    public const SECRET_FILE = '/etc/shitops/librenms-plugin.secret';

    private function __construct(public readonly string $url, public readonly string $secretFile, public readonly ?string $caFile)
    {
    }

    /** @param array<string, mixed> $settings as LibreNMS keeps them */
    public static function of(array $settings): self
    {
        return new self(
            self::text($settings, 'url') ?? self::URL,
            self::text($settings, 'secret_file') ?? self::SECRET_FILE,
            self::text($settings, 'ca_file'),
        );
    }

    /** @return array{url: string, secret_file: string, ca_file: string} */
    public function toArray(): array
    {
        return ['url' => $this->url, 'secret_file' => $this->secretFile, 'ca_file' => $this->caFile ?? ''];
    }

    /** @param array<string, mixed> $settings */
    private static function text(array $settings, string $name): ?string
    {
        $value = $settings[$name] ?? null;

        return is_string($value) && trim($value) !== '' ? trim($value) : null;
    }
}
