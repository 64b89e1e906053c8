package io.rioreactive.test.contract;

/** What tests throw: a line in the log, and no stack trace that would look like a defect. */
final class OnPurpose extends RuntimeException {

  private static final long serialVersionUID = 1L;

  OnPurpose() {
    super("on purpose", null, false, false);
  }
}
