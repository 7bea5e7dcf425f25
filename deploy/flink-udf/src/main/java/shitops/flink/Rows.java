package shitops.flink;

import java.util.Arrays;

/**
 * What a group has seen, as Flink keeps it: the newest 10,000 rows, and the arguments that are the same for all. Rows that leave an OVER frame leave
 * from the front.
 */
public class Rows {
  static final int MOST = 10_000;

  public double[] x = new double[0];
  public double[] y = new double[0];
  public int head = 0;
  public int end = 0;
  /** Alpha, lag, or steps, level and period. */
  public double[] constants = new double[0];

  void add(double newX, double newY) {
    if (end - head == MOST) head++;
    if (end == x.length) makeRoom();
    x[end] = newX;
    y[end++] = newY;
  }

  void remove(double oldX, double oldY) {
    for (int i = head; i < end; i++) {
      if (Double.compare(x[i], oldX) != 0 || Double.compare(y[i], oldY) != 0) continue;
      System.arraycopy(x, head, x, head + 1, i - head);
      System.arraycopy(y, head, y, head + 1, i - head);
      head++;
      return;
    }
  }

  void addAll(Rows later) {
    for (int i = later.head; i < later.end; i++) add(later.x[i], later.y[i]);
    if (later.constants.length > 0) constants = later.constants;
  }

  void clear() {
    head = 0;
    end = 0;
  }

  private void makeRoom() {
    int n = end - head;
    int size = Math.max(16, 2 * n);
    double[] largerX = Arrays.copyOf(Arrays.copyOfRange(x, head, end), size);
    y = Arrays.copyOf(Arrays.copyOfRange(y, head, end), size);
    x = largerX;
    head = 0;
    end = n;
  }
}
