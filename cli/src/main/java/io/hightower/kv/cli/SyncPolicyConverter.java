package io.hightower.kv.cli;

import io.hightower.kv.storage.log.SyncPolicy;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The reading of a sync policy: {@code every}, {@code interval=25ms}, {@code bytes=1MiB} or {@code never}. */
final class SyncPolicyConverter implements ITypeConverter<SyncPolicy> {
    private static final String INTERVAL = "interval=";
    private static final String BYTES = "bytes=";

    @Override
    public SyncPolicy convert(String text) {
        try {
            return policy(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' is not a sync policy: " + e.getMessage());
        }
    }

    private static SyncPolicy policy(String text) {
        if (text.equals("every")) {
            return SyncPolicy.everyWrite();
        }
        if (text.equals("never")) {
            return SyncPolicy.never();
        }
        if (text.startsWith(INTERVAL)) {
            return SyncPolicy.interval(DurationConverter.duration(text.substring(INTERVAL.length())));
        }
        if (text.startsWith(BYTES)) {
            return SyncPolicy.afterBytes(ByteSizeConverter.bytes(text.substring(BYTES.length())));
        }
        throw new TypeConversionException(
                "'" + text + "' is not a sync policy: every, interval=25ms, bytes=1MiB or never");
    }
}
