package io.rioreactive.samples.rioprobe;

/**
 * A check, and what came of it.
 *
 * @param check the statement
 * @param answer what was seen; if it could not be asked, why
 * @param asked whether the question could be put and was answered in time
 */
record Finding(Check check, Answer answer, boolean asked) {

  static Finding notAsked(Check check, String why) {
    return new Finding(check, Answer.open(why), false);
  }
}
