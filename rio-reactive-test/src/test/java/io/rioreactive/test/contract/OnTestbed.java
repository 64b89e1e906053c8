package io.rioreactive.test.contract;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A part of the contract: what it runs on is for the implementing class to say. */
@Timeout(60)
interface OnTestbed {

  /** The same for the whole of a test. */
  Testbed testbed();

  @AfterEach
  default void closeTestbed() {
    testbed().close();
  }
}
