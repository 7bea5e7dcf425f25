package shitops.flink;

import java.util.Arrays;
import java.util.Scanner;

/** Reads lines "x y" and prints what each function says of the last rows (of as many as the argument says, 0 for all), one JSON array a line. */
public final class PrintFolds {
  public static void main(String[] args) {
    int frame = Integer.parseInt(args[0]);
    Rows rows = new Rows();
    double[][] all = new double[100_000][];
    int n = 0;
    try (Scanner in = new Scanner(System.in)) {
      while (in.hasNextLine()) {
        String[] fields = in.nextLine().split(" ");
        all[n] = new double[] {Double.parseDouble(fields[0]), Double.parseDouble(fields[1])};
        rows.add(all[n][0], all[n][1]);
        n++;
        if (frame > 0 && n > frame) rows.remove(all[n - frame - 1][0], all[n - frame - 1][1]);
        double[] x = rows.x;
        System.out.println(
            "["
                + Folds.ewma(x, rows.head, rows.end, 0.3)
                + ","
                + Folds.robustZ(x, rows.head, rows.end)
                + ","
                + Folds.corrLag(x, rows.y, rows.head, rows.end, 2)
                + ","
                + Arrays.toString(Folds.forecast(x, rows.head, rows.end, 3, 0.9, 0))
                + ","
                + Arrays.toString(Folds.forecast(x, rows.head, rows.end, 5, 0.99, 7))
                + "]");
      }
    }
  }
}
