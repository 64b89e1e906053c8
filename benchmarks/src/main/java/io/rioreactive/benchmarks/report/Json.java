package io.rioreactive.benchmarks.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** Results as a file for programs: every sample of every round. */
public final class Json {

  /** A line for each sample: there are thousands, and a line for each number is twice the size. */
  private static final DefaultPrettyPrinter LINES =
      new DefaultPrettyPrinter().withObjectIndenter(new UpToSamples());

  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES); // as Settings' "evidence"

  private Json() {}

  /** The whole file. */
  public static String of(Results results) throws JsonProcessingException {
    return MAPPER.writer(LINES).writeValueAsString(results) + "\n";
  }

  /** What such a file says. */
  public static Results parse(String file) throws JsonProcessingException {
    return MAPPER.readValue(file, Results.class);
  }

  private static final class UpToSamples extends DefaultIndenter {

    private static final long serialVersionUID = 1;
    private static final int SAMPLE = 4; // results, workload, contestant, sample

    @Override
    public void writeIndentation(JsonGenerator to, int level) throws IOException {
      if (level < SAMPLE) {
        super.writeIndentation(to, level);
      }
    }
  }
}
