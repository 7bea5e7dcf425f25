<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

/** The secret that both sides hold: in a file, not in LibreNMS's database, whose settings every administrator's browser shows. */
final class SecretFile
{
    private const SHORTEST = 16;

    /** @throws \RuntimeException in words for people, without the secret */
    public static function read(string $path): string
    {
        clearstatcache(true, $path);
        $mode = @fileperms($path);
        if ($mode === false || ! is_readable($path)) {
            throw new \RuntimeException("$path cannot be read: put the receiver's secret there, readable by the user librenms");
        }
        // The owner, and perhaps a group of his: nobody else.
        if (($mode & 0027) !== 0) {
            throw new \RuntimeException(sprintf('%s holds a secret, but others may open it (mode %04o): chmod 600 %s', $path, $mode & 0777, $path));
        }
        $secret = trim((string) strtok((string) file_get_contents($path), "\n"));
        if (strlen($secret) < self::SHORTEST) {
            throw new \RuntimeException("$path: a secret of at least " . self::SHORTEST . ' characters belongs in its first line');
        }

        return $secret;
    }
}
