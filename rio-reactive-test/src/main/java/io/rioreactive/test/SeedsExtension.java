package io.rioreactive.test;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** What {@link Seeds} does; JUnit makes it. */
public final class SeedsExtension implements TestTemplateInvocationContextProvider {

  /** Made by JUnit. */
  public SeedsExtension() {}

  private record OneSeed(long seed, AtomicBoolean failed) implements TestTemplateInvocationContext {

    @Override
    public String getDisplayName(int invocation) {
      return "seed " + seed;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new RioExtension(seed, () -> failed.set(true)));
    }
  }

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return RioExtension.isSeeded(context);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    AtomicBoolean failed = new AtomicBoolean();
    return seeds(context)
        .takeWhile(seed -> !failed.get())
        .mapToObj(seed -> new OneSeed(seed, failed));
  }

  private static LongStream seeds(ExtensionContext context) {
    Seeds seeds = context.getRequiredTestMethod().getAnnotation(Seeds.class);
    boolean isCounted = seeds.value() > 0 && seeds.of().length == 0;
    boolean isNamed = seeds.value() == 0 && seeds.of().length > 0;
    if (!isCounted && !isNamed) {
      throw new ExtensionConfigurationException(
          "@Seeds of "
              + context.getRequiredTestMethod()
              + " has the value "
              + seeds.value()
              + " and names "
              + seeds.of().length
              + " seeds: either say how many, @Seeds(1000), or which, @Seeds(of = {17, 4711})");
    }
    return RioTestSettings.seedProperty(context)
        .map(LongStream::of)
        .orElseGet(
            () -> isNamed ? LongStream.of(seeds.of()) : LongStream.rangeClosed(1, seeds.value()));
  }
}
