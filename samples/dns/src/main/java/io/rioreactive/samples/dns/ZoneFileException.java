package io.rioreactive.samples.dns;

/** A zone cannot be served. The message is for whoever wrote it: file, line and reason. */
final class ZoneFileException extends Exception {

  private static final long serialVersionUID = 1L;

  ZoneFileException(String message) {
    super(message);
  }
}
