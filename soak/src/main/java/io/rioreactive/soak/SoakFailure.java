package io.rioreactive.soak;

/** Something that must hold does not. */
final class SoakFailure extends RuntimeException {

  private static final long serialVersionUID = 1;

  SoakFailure(String message) {
    super(message);
  }

  SoakFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
