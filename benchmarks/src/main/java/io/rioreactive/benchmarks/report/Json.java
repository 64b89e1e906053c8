package io.rioreactive.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

/** Results as a file for programs: every sample of every round. */
public final class Json {

  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES); // as Settings' "evidence"

  private Json() {}

  /** The whole file. */
  public static String of(Results results) throws JsonProcessingException {
    return MAPPER.writeValueAsString(results) + "\n";
  }

  /** What such a file says. */
  public static Results parse(String file) throws JsonProcessingException {
    return MAPPER.readValue(file, Results.class);
  }
}
