"""How unlikely a t statistic is: Student's distribution with the standard library alone."""

from math import exp, inf, isnan, isqrt, lgamma, log, log1p


def two_sided_p(t: float | None, degrees: int) -> float | None:
    """How likely a t is that lies as far from 0, or farther, where the mean is 0.

    It is ``I_x(degrees / 2, 1 / 2)`` with ``x = degrees / (degrees + t^2)`` and the regularised
    incomplete beta function I (Abramowitz and Stegun 26.5.27, 26.7.1), to 10 digits or more.

    Args:
        t: The statistic; None or NaN gives None.
        degrees: Of freedom; below 1 gives None.
    """
    if t is None or isnan(t) or degrees < 1:
        return None
    square = t * t
    if square == 0:
        return 1.0
    if square == inf:
        return 0.0
    a, b = degrees / 2, 0.5
    log_x, log_rest = -log1p(square / degrees), -log1p(degrees / square)
    scale = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log_x + b * log_rest
    x = exp(log_x)
    if x < (a + 1) / (a + b + 2):
        return exp(scale - log(a)) / _continued(a, b, x)
    return 1 - exp(scale - log(b)) / _continued(b, a, exp(log_rest))


def _continued(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function (DLMF 8.17.22), from its end.

    It needs about as many terms as the root of the larger parameter.
    """
    value = 0.0
    for place in range(100 + 20 * isqrt(int(max(a, b))), 0, -1):
        half = place // 2
        if place % 2:
            term = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            term = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        value = term / (1 + value)
    return 1 + value
