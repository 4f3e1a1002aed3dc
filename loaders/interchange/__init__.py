"""The record in the language of other systems: HL7 FHIR R4, of a person or a county."""
