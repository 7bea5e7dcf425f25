package shitops.flink;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a group has seen, as Flink keeps it: the newest 10,000 rows, and the arguments that are the same for all. Rows that leave an OVER frame leave
 * from the front.
 */
public class Rows {
  static final int MOST = 10_000;
  /** Numbers rows as they come. It begins at the time, so that it goes on after a restart; a double holds it exactly. */
  private static final AtomicLong NEXT = new AtomicLong(System.currentTimeMillis() * 1000);

  public double[] x = new double[0];
  public double[] y = new double[0];
  /** When each row came: Flink merges the slices of a window newest first. */
  public double[] order = new double[0];
  public int head = 0;
  public int end = 0;
  /** Alpha, lag, or steps, level and period. */
  public double[] constants = new double[0];

  void add(double newX, double newY) {
    add(newX, newY, NEXT.getAndIncrement());
  }

  void remove(double oldX, double oldY) {
    for (int i = head; i < end; i++) {
      if (Double.compare(x[i], oldX) != 0 || Double.compare(y[i], oldY) != 0) continue;
      for (double[] column : new double[][] {x, y, order}) System.arraycopy(column, head, column, head + 1, i - head);
      head++;
      return;
    }
  }

  /** Puts the rows of both in the order in which they came. */
  void addAll(Rows other) {
    Rows own = new Rows();
    own.x = x;
    own.y = y;
    own.order = order;
    own.head = head;
    own.end = end;
    x = new double[0];
    y = new double[0];
    order = new double[0];
    clear();
    int i = own.head;
    int j = other.head;
    while (i < own.end || j < other.end) {
      boolean isOwn = j >= other.end || (i < own.end && own.order[i] <= other.order[j]);
      Rows from = isOwn ? own : other;
      int at = isOwn ? i++ : j++;
      add(from.x[at], from.y[at], from.order[at]);
    }
    if (other.constants.length > 0) constants = other.constants;
  }

  void clear() {
    head = 0;
    end = 0;
  }

  private void add(double newX, double newY, double at) {
    if (end - head == MOST) head++;
    if (end == x.length) makeRoom();
    x[end] = newX;
    y[end] = newY;
    order[end++] = at;
  }

  private void makeRoom() {
    int n = end - head;
    int size = Math.max(16, 2 * n);
    x = Arrays.copyOf(Arrays.copyOfRange(x, head, end), size);
    y = Arrays.copyOf(Arrays.copyOfRange(y, head, end), size);
    order = Arrays.copyOf(Arrays.copyOfRange(order, head, end), size);
    head = 0;
    end = n;
  }
}
