<?php

declare(strict_types=1);

// The plugin's classes as composer would find them; the framework's are small stand-ins.
spl_autoload_register(function (string $class): void {
    $prefixes = ['Shitops\\LibrenmsPlugin\\Tests\\' => __DIR__ . '/', 'Shitops\\LibrenmsPlugin\\' => __DIR__ . '/../src/'];
    foreach ($prefixes as $prefix => $folder) {
        if (str_starts_with($class, $prefix)) {
            $file = $folder . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
            if (is_file($file)) {
                require $file;

                return;
            }
        }
    }
});
require __DIR__ . '/framework.php';
