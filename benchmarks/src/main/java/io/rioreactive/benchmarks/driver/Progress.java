package io.rioreactive.benchmarks.driver;

/** What is going on, for who waits at a terminal. */
final class Progress {

  private Progress() {}

  static void show(String what) {
    System.err.println(what + " …");
  }
}
