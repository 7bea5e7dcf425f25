<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Tests;

use PHPUnit\Framework\TestCase;
use Shitops\LibrenmsPlugin\Core\Answer;
use Shitops\LibrenmsPlugin\Core\Backoff;
use Shitops\LibrenmsPlugin\Core\Database;
use Shitops\LibrenmsPlugin\Core\Drain;
use Shitops\LibrenmsPlugin\Core\Outbox;
use Shitops\LibrenmsPlugin\Core\Post;
use Shitops\LibrenmsPlugin\Core\PostFailed;
use Shitops\LibrenmsPlugin\Core\SecretFile;
use Shitops\LibrenmsPlugin\Core\State;

final class DrainTest extends TestCase
{
    private const SECRET = 'a secret of enough characters';

    private Librenms $librenms;

    private Outbox $outbox;

    private State $state;

    /** @var list<array{headers: array<string, string>, body: string}> */
    private array $sent = [];

    private int $now = 1_700_000_000;

    protected function setUp(): void
    {
        $this->librenms = new Librenms;
        $database = new Database(fn () => $this->librenms->pdo);
        $this->outbox = new Outbox($database);
        $this->state = new State($database);
    }

    public function testRowsGoInOrderSignedAndAreDeletedWhenTaken(): void
    {
        $this->fill(3);
        $report = $this->drain(fn () => new Answer(204))->run();
        self::assertSame([3, null], [$report->sent, $report->problem]);
        self::assertSame(0, $this->outbox->size());
        [$request] = $this->sent;
        $lines = array_map(fn ($line) => json_decode($line, true, 512, JSON_THROW_ON_ERROR), explode("\n", trim($request['body'])));
        self::assertSame([1, 2, 3], array_column($lines, 'id'));
        self::assertSame(['v' => 1, 'id' => 1, 'kind' => 'eventlog', 'device_id' => 7, 'at' => '2026-01-01T00:00:00Z', 'data' => ['n' => 1]], $lines[0]);
        $signed = "v1:1700000000:{$request['headers']['Idempotency-Key']}:{$request['body']}";
        self::assertSame('v1=' . hash_hmac('sha256', $signed, self::SECRET), $request['headers']['X-Shitops-Signature']);
        self::assertStringNotContainsString(self::SECRET, json_encode($this->sent));
    }

    public function testAFailedBatchIsSentAgainWithItsKeyAfterTheWait(): void
    {
        $this->fill(2);
        $answers = [fn () => throw new PostFailed('connection refused'), fn () => new Answer(503), fn () => new Answer(200), fn () => new Answer(200)];
        $post = function () use (&$answers): Answer {
            return array_shift($answers)();
        };
        self::assertStringContainsString('connection refused', (string) $this->drain($post)->run()->problem);
        self::assertSame('waiting 5 s after a failure', $this->drain($post)->run()->problem);
        self::assertCount(1, $this->sent, 'nothing is sent while it waits');
        $this->fill(1);
        $this->now += 5;
        self::assertStringContainsString('503; again in 10 s', (string) $this->drain($post)->run()->problem);
        $this->now += 10;
        self::assertSame(3, $this->drain($post)->run()->sent);
        self::assertSame([2, 2, 2, 1], array_map(fn ($request) => substr_count($request['body'], "\n"), $this->sent));
        $keys = array_map(fn ($request) => $request['headers']['Idempotency-Key'], $this->sent);
        self::assertSame([$keys[0], $keys[0], $keys[0]], array_slice($keys, 0, 3));
        self::assertNotSame($keys[0], $keys[3]);
        self::assertSame(0, $this->state->get('failures'));
    }

    public function testTheReceiverMayAskForALongerWait(): void
    {
        $this->fill(1);
        $this->drain(fn () => new Answer(429, 120))->run();
        self::assertSame($this->now + 120, $this->state->get('retry_at'));
    }

    public function testWaitsGrowToTenMinutes(): void
    {
        $backoff = new Backoff($this->state, fn () => 0.5);
        $waits = array_map(fn () => $backoff->failed(0), range(1, 10));
        self::assertSame([5, 10, 20, 40, 80, 160, 320, 600, 600, 600], $waits);
    }

    public function testABatchThatIsTooLargeGoesInHalves(): void
    {
        $this->fill(8);
        $drain = $this->drain(fn (string $body) => new Answer(substr_count($body, "\n") > 3 ? 413 : 200));
        for ($n = 0; $n < 4; $n++, $this->now += 700) {
            $drain->run();
        }
        self::assertSame(0, $this->outbox->size());
        self::assertSame([8, 4, 2, 2, 2, 2], array_map(fn ($request) => substr_count($request['body'], "\n"), $this->sent));
    }

    public function testWhatIsTooMuchIsGivenUpOldestFirstAndTold(): void
    {
        $this->fill(10);
        $report = $this->drain(fn () => new Answer(200), mostKept: 4)->run();
        self::assertSame(6, $report->lost);
        $lines = array_map(fn ($line) => json_decode($line, true), explode("\n", trim($this->sent[0]['body'])));
        self::assertSame(['eventlog', 'eventlog', 'eventlog', 'eventlog', 'lost'], array_column($lines, 'kind'));
        self::assertSame([7, 8, 9, 10], array_slice(array_column(array_column($lines, 'data'), 'n'), 0, 4));
        self::assertSame(['rows' => 6], $lines[4]['data']);
    }

    public function testLongTextIsCutAndBadTextIsNoObstacle(): void
    {
        $this->outbox->add([['kind' => 'eventlog', 'device_id' => 1, 'at' => 'x', 'data' => ['message' => str_repeat('é', 5000) . "\xff"]]]);
        $this->outbox->add([['kind' => 'eventlog', 'device_id' => 1, 'at' => 'x', 'data' => ['message' => "quote \" newline \n"]]]);
        $this->drain(fn () => new Answer(200))->run();
        $lines = array_map(fn ($line) => json_decode($line, true, 512, JSON_THROW_ON_ERROR), explode("\n", trim($this->sent[0]['body'])));
        self::assertLessThan(1100, strlen($lines[0]['data']['message']));
        self::assertSame("quote \" newline \n", $lines[1]['data']['message']);
    }

    public function testASecretFileMustBeForItsOwner(): void
    {
        $file = (string) tempnam(sys_get_temp_dir(), 'shitops');
        try {
            file_put_contents($file, self::SECRET . "\nmore\n");
            chmod($file, 0600);
            self::assertSame(self::SECRET, SecretFile::read($file));
            chmod($file, 0644);
            self::assertStringContainsString('chmod 600', self::refusal($file));
            chmod($file, 0600);
            file_put_contents($file, "short\n");
            self::assertStringContainsString('16 characters', self::refusal($file));
            self::assertStringNotContainsString('short', self::refusal($file));
        } finally {
            unlink($file);
        }
        self::assertStringContainsString('cannot be read', self::refusal($file));
    }

    private static function refusal(string $file): string
    {
        try {
            SecretFile::read($file);
        } catch (\RuntimeException $error) {
            return $error->getMessage();
        }
        self::fail('it was accepted');
    }

    private function fill(int $rows): void
    {
        for ($n = 1; $n <= $rows; $n++) {
            $this->outbox->add([['kind' => 'eventlog', 'device_id' => 7, 'at' => '2026-01-01T00:00:00Z', 'data' => ['n' => $n]]]);
        }
    }

    /** @param \Closure(string): Answer $answer */
    private function drain(\Closure $answer, int $mostKept = 1000): Drain
    {
        $post = new class($answer, function (array $headers, string $body): void {
            $this->sent[] = ['headers' => $headers, 'body' => $body];
        }) implements Post {
            public function __construct(private readonly \Closure $answer, private readonly \Closure $note)
            {
            }

            public function send(string $url, array $headers, string $body): Answer
            {
                ($this->note)($headers, $body);

                return ($this->answer)($body);
            }
        };

        return new Drain($this->outbox, new Backoff($this->state, fn () => 0.5), $post, 'http://x', self::SECRET, fn () => $this->now, $mostKept);
    }
}
