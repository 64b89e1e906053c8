package io.rioreactive.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

/** Results as a file for programs: every sample of every round. */
public final class Json {

  private Json() {}

  /** The whole file. */
  public static String of(Results results) throws JsonProcessingException {
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(results)
        + "\n";
  }
}
