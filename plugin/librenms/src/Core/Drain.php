<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

use Closure;

/** Brings what is in the outbox to shitops: a row is deleted when the receiver has said that it has it, and not before. */
final class Drain
{
    private const BATCH = 500;

    /** Rows kept while the receiver is away: about a gigabyte at most, and days of a busy LibreNMS. */
    private const MOST_KEPT = 500_000;

    private int $batchSize = self::BATCH;

    /** @param Closure(): int $now Unix seconds */
    public function __construct(
        private readonly Outbox $outbox,
        private readonly Backoff $backoff,
        private readonly Post $post,
        private readonly string $url,
        private readonly string $secret,
        private readonly Closure $now,
        private readonly int $mostKept = self::MOST_KEPT,
    ) {
    }

    /** Send until nothing is left, or until something goes wrong; @param int $most batches */
    public function run(int $most = 100): DrainReport
    {
        $now = ($this->now)();
        $lost = $this->outbox->prune($this->mostKept, gmdate('Y-m-d\TH:i:s\Z', $now));
        $waits = $this->backoff->waits($now);
        if ($waits > 0) {
            return new DrainReport(0, $lost, "waiting $waits s after a failure");
        }
        $sent = 0;
        for ($done = 0; $done < $most; $done++) {
            $batch = $this->outbox->claim($this->batchSize);
            if ($batch === null) {
                break;
            }
            $problem = $this->send($batch);
            if ($problem !== null) {
                return new DrainReport($sent, $lost, $problem);
            }
            $sent += $batch->count;
        }

        return new DrainReport($sent, $lost, null);
    }

    /** @return string|null what went wrong; never the secret */
    private function send(Batch $batch): ?string
    {
        $now = ($this->now)();
        try {
            $answer = $this->post->send($this->url, [
                'Content-Type' => 'application/x-ndjson',
                'User-Agent' => 'shitops-librenms-plugin',
                'Idempotency-Key' => $batch->key,
                'X-Shitops-Timestamp' => (string) $now,
                'X-Shitops-Signature' => Signature::of($this->secret, $now, $batch->key, $batch->body),
            ], $batch->body);
        } catch (PostFailed $error) {
            $wait = $this->backoff->failed($now);

            return "no answer: {$error->getMessage()}; again in $wait s";
        }
        if ($answer->taken()) {
            $this->outbox->remove($batch);
            $this->backoff->worked();

            return null;
        }
        if ($answer->status === 413 && $batch->count > 1) {
            $this->outbox->release($batch);
            $this->batchSize = max(1, intdiv($batch->count, 2));
        }
        $wait = $this->backoff->failed($now, $answer->retryAfter);

        return self::meaning($answer->status) . "; again in $wait s";
    }

    private static function meaning(int $status): string
    {
        return match (true) {
            $status === 401 => 'the receiver does not accept the signature (401): the secrets differ, or the clocks do',
            $status === 404 => 'the receiver has no such address (404): the URL ends with /librenms/plugin',
            $status === 413 => 'the batch is too large for the receiver (413)',
            default => "the receiver answered $status",
        };
    }
}
