//! One line a score, for spreadsheets and scripts.

use super::ScoreLine;
use crate::error::{Error, Result};
use std::io::Write;

/// Columns, in order. Fractions are written in full; counts and intervals are empty where a line has none.
const COLUMNS: [&str; 12] = [
    "table",
    "name",
    "precision",
    "recall",
    "f1",
    "tp",
    "fp",
    "fn",
    "support",
    "predicted",
    "f1_low",
    "f1_high",
];

/// Writes a header line and the lines.
pub fn write(lines: &[ScoreLine], output: &mut impl Write) -> Result<()> {
    let mut writer = csv::Writer::from_writer(output);
    let failed = |e: csv::Error| Error::io("cannot write", std::io::Error::from(e));
    writer.write_record(COLUMNS).map_err(failed)?;
    for line in lines {
        let row = line.row.as_ref();
        let count = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
        let interval = row.and_then(|r| r.interval.as_ref()?.f1);
        let end = |x: Option<f64>| x.map_or_else(String::new, |x| x.to_string());
        let record = [
            line.table.clone(),
            line.name.clone(),
            line.scores.precision.to_string(),
            line.scores.recall.to_string(),
            line.scores.f1.to_string(),
            count(row.map(|r| r.tp)),
            count(row.map(|r| r.fp)),
            count(row.map(|r| r.fn_)),
            count(row.map(|r| r.support)),
            count(row.map(|r| r.predicted)),
            end(interval.map(|i| i.low)),
            end(interval.map(|i| i.high)),
        ];
        writer.write_record(record).map_err(failed)?;
    }
    writer.flush().map_err(|e| Error::io("cannot write", e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Counts;
    use crate::report::{ScoreRow, Triple};

    #[test]
    fn counts_are_empty_where_a_line_has_none() {
        let row = ScoreRow::from(&Counts {
            tp: 1,
            fp: 1,
            fn_: 3,
        });
        let lines = [
            ScoreLine::counted("types", "A,B", &row),
            ScoreLine::derived("folds", "mean", Triple::default()),
        ];
        let mut out = Vec::new();
        write(&lines, &mut out).expect("writes to memory");
        let text = String::from_utf8_lossy(&out).into_owned();
        let shown: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(
            shown,
            [
                "types,\"A,B\",0.5,0.25,0.3333333333333333,1,1,3,4,2,,",
                "folds,mean,0,0,0,,,,,,,"
            ]
        );
    }
}
