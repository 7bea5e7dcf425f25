<?php

declare(strict_types=1);

namespace Shitops\LibrenmsPlugin\Core;

/** No answer came: not reached, too slow, a certificate that is not trusted. */
final class PostFailed extends \RuntimeException
{
}
