package io.hightower.kv.storage.inspect;

import java.util.List;

/**
 * What a verification read and found. <b>Immutable.</b>
 *
 * @param findings in the order in which they were found
 * @param tables how many tables were read
 * @param histories how many history files were read
 * @param bytes the bytes of these, and of the log's segments
 * @param keys keys that hold a value, by the manifest
 * @param revision the revision of the manifest
 * @param logEntries entries of the commit log behind the manifest's position
 */
public record VerificationReport(
        List<Finding> findings, int tables, int histories, long bytes, long keys, long revision, long logEntries) {
    /** Copies the list. */
    public VerificationReport {
        findings = List.copyOf(findings);
    }

    /** Tells whether there are nothing but remarks. */
    public boolean isIntact() {
        return findings.stream().allMatch(finding -> finding.kind() == Finding.Kind.REMARK);
    }

    /** Tells whether something of that kind was found. */
    public boolean has(Finding.Kind kind) {
        return findings.stream().anyMatch(finding -> finding.kind() == kind);
    }
}
