package io.rioreactive.samples;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A positive duration on the command line: {@code 500ms}, {@code 5s}, {@code 2m}, {@code 1h}. */
final class Period implements ITypeConverter<Duration> {

  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

  @Override
  public Duration convert(String text) {
    Matcher period = FORM.matcher(text);
    if (!period.matches() || Long.parseLong(period.group(1)) == 0) {
      throw new TypeConversionException(
          "\"" + text + "\" is no duration: use a number above 0 with ms, s, m or h, as in 5s");
    }
    long amount = Long.parseLong(period.group(1));
    return switch (period.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }
}
