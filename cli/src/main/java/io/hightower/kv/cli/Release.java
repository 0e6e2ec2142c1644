package io.hightower.kv.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The name and the number of this release, as the build wrote them down. */
final class Release implements IVersionProvider {
    private static final String RESOURCE = "release.properties";

    @Override
    public String[] getVersion() {
        return new String[] {"hightower " + number()};
    }

    private static String number() {
        Properties properties = new Properties();
        try (InputStream resource = Release.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException("A resource is missing: resource=" + RESOURCE);
            }
            properties.load(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "");
    }
}
