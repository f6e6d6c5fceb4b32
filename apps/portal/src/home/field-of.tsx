import { type FormField, RadioGroup, Select, TextArea, TextField, useLocal } from '@app/ui';
import { usePortalText } from '../text';

interface FieldOfProps {
  id: string;
  field: FormField;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

/** More choices than this are a list rather than a stack of buttons. */
const MOST_BUTTONS = 6;

/** One question of a site's form, as the control that fits its kind. */
export function FieldOf({ id, field, value, error, onChange }: FieldOfProps) {
  const text = usePortalText();
  const local = useLocal();
  const common = {
    id,
    label: local(field.label),
    hint: field.hint && local(field.hint),
    optional: !field.required,
    error,
    value,
    onChange,
  };
  if (field.options) {
    const options = field.options.map((option) => ({ value: option.value, label: local(option.label) }));
    return options.length > MOST_BUTTONS ? (
      <Select {...common} options={options} placeholder={text.choose} />
    ) : (
      <RadioGroup {...common} options={options} />
    );
  }
  const limit = field.maxLength === undefined ? {} : { maxLength: field.maxLength };
  if (field.kind === 'long-text') return <TextArea {...common} {...limit} />;
  if (field.kind === 'name')
    return <TextField {...common} {...limit} autoComplete="name" required={field.required} />;
  if (field.kind === 'contact') {
    return (
      <TextField
        {...common}
        {...limit}
        autoComplete="email"
        autoCapitalize="none"
        spellCheck={false}
        required={field.required}
      />
    );
  }
  return <TextField {...common} {...limit} required={field.required} />;
}
