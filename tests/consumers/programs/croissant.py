"""mlcroissant on the metadata of a release: FILE. Prints its complaints and the records that it reads."""

import json
import sys

import mlcroissant

dataset = mlcroissant.Dataset(jsonld=sys.argv[1])
issues = dataset.metadata.ctx.issues
records = list(dataset.records(dataset.metadata.record_sets[0].uuid))
told = {"errors": sorted(issues.errors), "warnings": sorted(issues.warnings), "records": records}
print(json.dumps(told, default=str))
