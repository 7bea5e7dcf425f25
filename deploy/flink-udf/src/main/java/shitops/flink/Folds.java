package shitops.flink;

import java.util.Arrays;

/** The functions over rows from..to (to not included), step by step as the TypeScript engine computes them. */
public final class Folds {
  private static final int ROBUST_Z_VALUES = 1000;
  private static final double TO_SIGMA = 1.4826;
  private static final double LEVEL = 0.3;
  private static final double TREND = 0.05;
  private static final double SEASON = 0.2;
  private static final double DAMPING = 0.95;
  private static final double ERROR = 0.05;

  private Folds() {}

  public static Double ewma(double[] x, int from, int to, double alpha) {
    if (!(alpha > 0 && alpha <= 1)) throw new IllegalArgumentException("the alpha of EWMA(value, alpha) is above 0 and up to 1");
    if (from >= to) return null;
    double mean = x[from];
    for (int i = from + 1; i < to; i++) mean = mean + alpha * (x[i] - mean);
    return mean;
  }

  public static Double robustZ(double[] x, int from, int to) {
    int first = Math.max(from, to - ROBUST_Z_VALUES);
    if (to - first < 3) return null;
    double[] sorted = Arrays.copyOfRange(x, first, to);
    Arrays.sort(sorted);
    double median = middle(sorted);
    double[] off = new double[sorted.length];
    for (int i = 0; i < off.length; i++) off[i] = Math.abs(sorted[i] - median);
    Arrays.sort(off);
    double spread = TO_SIGMA * middle(off);
    double newest = x[to - 1];
    if (spread == 0) return newest == median ? 0.0 : null;
    return (newest - median) / spread;
  }

  private static double middle(double[] sorted) {
    int half = sorted.length >> 1;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  public static Double corrLag(double[] x, double[] y, int from, int to, int lag) {
    if (lag < 0) throw new IllegalArgumentException("the lag of CORR_LAG(x, y, lag) is not below 0");
    double n = 0, mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
    for (int i = from + lag; i < to; i++) {
      double before = y[i - lag];
      n++;
      double dx = x[i] - mx;
      double dy = before - my;
      mx += dx / n;
      my += dy / n;
      xx += dx * (x[i] - mx);
      yy += dy * (before - my);
      xy += dx * (before - my);
    }
    if (n < 3 || xx == 0 || yy == 0) return null;
    return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
  }

  /** Value, low, high; additive Holt-Winters with a damped trend, without a season where the period is 0. */
  public static Double[] forecast(double[] x, int from, int to, int steps, double level, int period) {
    if (steps < 1 || period < 0 || !(level > 0 && level < 1)) {
      throw new IllegalArgumentException("FORECAST(value, steps [, level [, period]]): steps from 1, a level between 0 and 1, a period from 0");
    }
    int n = to - from;
    if (n < Math.max(3, period + 1)) return null;
    double[] season = new double[Math.max(1, period)];
    double mean = x[from], trend = 0, square = 0;
    for (int i = 1; i < n; i++) {
      int slot = period == 0 ? -1 : i % period;
      double usual = slot < 0 ? 0 : season[slot];
      double expected = mean + DAMPING * trend;
      double error = x[from + i] - expected - usual;
      square += Math.max(ERROR, 1.0 / i) * (error * error - square);
      mean = expected + LEVEL * error;
      trend = DAMPING * trend + TREND * error;
      if (slot >= 0) season[slot] = usual + SEASON * error;
    }
    double damped = 0, power = 1, variance = 1;
    for (int h = 1; h <= steps; h++) {
      power *= DAMPING;
      damped += power;
      if (h == steps) break;
      double weight = LEVEL + TREND * damped + (period > 0 && h % period == 0 ? SEASON : 0);
      variance += weight * weight;
    }
    double usual = period == 0 ? 0 : season[(n + steps - 1) % period];
    double value = mean + damped * trend + usual;
    double reach = normalQuantile(0.5 + level / 2) * Math.sqrt(square * variance);
    return new Double[] {value, value - reach, value + reach};
  }

  private static final double[] A = {-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239};
  private static final double[] B = {-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572};
  private static final double[] C = {-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783};
  private static final double[] D = {0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416};
  private static final double EDGE = 0.02425;

  private static double poly(double[] coefficients, double x) {
    double sum = 0;
    for (double c : coefficients) sum = sum * x + c;
    return sum;
  }

  /** P. J. Acklam's rational approximation. */
  static double normalQuantile(double p) {
    if (p > 1 - EDGE) return -normalQuantile(1 - p);
    if (p < EDGE) {
      double q = Math.sqrt(-2 * Math.log(p));
      return poly(C, q) / (poly(D, q) * q + 1);
    }
    double q = p - 0.5;
    double r = q * q;
    return (poly(A, r) * q) / (poly(B, r) * r + 1);
  }
}
