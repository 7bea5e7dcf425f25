<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Console;

use Illuminate\Console\Command;
use RuntimeException;
use Shitops\LibrenmsPlugin\Core\Backoff;
use Shitops\LibrenmsPlugin\Core\CurlPost;
use Shitops\LibrenmsPlugin\Core\Database;
use Shitops\LibrenmsPlugin\Core\Drain;
use Shitops\LibrenmsPlugin\Core\Outbox;
use Shitops\LibrenmsPlugin\Core\SecretFile;
use Shitops\LibrenmsPlugin\Core\State;
use Shitops\LibrenmsPlugin\PluginSettings;

/** `lnms shitops:drain`: by the scheduler each minute, or as a service with --follow for what shall be known within a second. */
class DrainCommand extends Command
{
    protected $signature = 'shitops:drain
        {--follow : stay, and look again every second}
        {--max-time=3600 : with --follow, seconds until it ends for its service to start it anew}';

    protected $description = 'Bring what changed to shitops';

    public function handle(Database $database, PluginSettings $settings): int
    {
        try {
            $secret = SecretFile::read($settings->secretFile);
        } catch (RuntimeException $error) {
            $this->error($error->getMessage());

            return self::FAILURE;
        }
        $drain = new Drain(
            new Outbox($database),
            new Backoff(new State($database), fn (): float => mt_rand() / (mt_getrandmax() + 1)),
            new CurlPost($settings->caFile),
            $settings->url,
            $secret,
            time(...),
        );
        $end = time() + max(1, (int) $this->option('max-time'));
        do {
            $report = $drain->run();
            if ($report->sent > 0) {
                $this->line("$report->sent rows sent");
            }
            if ($report->lost > 0) {
                $this->warn("$report->lost rows given up: the receiver was away for too long");
            }
            $follow = (bool) $this->option('follow');
            if (! $follow) {
                break;
            }
            sleep(1);
        } while (time() < $end);
        if ($report->problem !== null) {
            $this->error($report->problem);
        }

        return $report->problem === null ? self::SUCCESS : self::FAILURE;
    }
}
