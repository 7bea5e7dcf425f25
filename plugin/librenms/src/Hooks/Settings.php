<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Hooks;

use LibreNMS\Interfaces\Plugins\Hooks\SettingsHook;
use Shitops\LibrenmsPlugin\PluginSettings;

/** The settings page. A plugin without any hook is taken off LibreNMS's list. */
class Settings implements SettingsHook
{
    public function authorize(): bool
    {
        // The page itself is for administrators only; there is no secret on it.
        return true;
    }

    /**
     * @param  array<string, mixed>  $settings
     * @return array<string, mixed>
     */
    public function handle(string $pluginName, array $settings): array
    {
        return [
            'content_view' => "$pluginName::settings",
            'settings' => PluginSettings::of($settings)->toArray(),
        ];
    }
}
