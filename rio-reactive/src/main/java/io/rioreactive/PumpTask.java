package io.rioreactive;

/** Something for a pump to do, handed over by another thread. */
@FunctionalInterface
interface PumpTask {

  /** Runs on the pump. */
  void onPump();
}
